# Compiles the SQL files of db/migrations into a library.
#
# Included, it offers florin_embed_migrations(target). Run as a script (cmake -DOUTPUT=… -DFILES=… -P), it writes the C++
# file: one entry per SQL file, in the order of their numbers, as raw string literals (their bytes are what is hashed).
if(CMAKE_SCRIPT_MODE_FILE)
    set(entries "")
    foreach(file IN LISTS FILES)
        get_filename_component(name ${file} NAME_WE)
        if(NOT name MATCHES "^(0*([1-9][0-9]*))_[a-z0-9_]+$")
            message(FATAL_ERROR "${file}: a migration is named like 0001_payments.sql")
        endif()
        set(number ${CMAKE_MATCH_2})
        file(READ ${file} sql)
        string(APPEND entries "    {${number}, \"${name}\", R\"florinsql(${sql})florinsql\"},\n")
    endforeach()
    # Everything quoted: SQL is full of semicolons, which CMake would take for separators of a list.
    string(CONCAT head "// Generated from db/migrations by cmake/embed_migrations.cmake.\n"
                       "#include \"postgres/migrations.hpp\"\n\nnamespace florin::postgres {\n\n")
    if(entries)
        string(CONCAT body "static constexpr Migration kMigrations[] = {\n" "${entries}" "};\n\n"
                           "std::span<const Migration> migrations() { return kMigrations; }\n")
    else()
        set(body "std::span<const Migration> migrations() { return {}; }\n")
    endif()
    file(WRITE "${OUTPUT}" "${head}${body}\n}  // namespace florin::postgres\n")
    return()
endif()

function(florin_embed_migrations target)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/db/migrations/*.sql)
    list(SORT files)
    set(output ${CMAKE_BINARY_DIR}/generated/migrations_sql.cpp)
    string(REPLACE ";" "$<SEMICOLON>" escaped "${files}")
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} "-DFILES=${escaped}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_migrations.cmake
        DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_migrations.cmake
        COMMENT "Embedding db/migrations" VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
