# Compiles api/openapi.yaml into a library, so that a program serves the contract that it was built with.
#
# Included, it offers florin_embed_openapi(target). Run as a script (cmake -DOUTPUT=… -DFILE=… -P), it writes the C++ file.
if(CMAKE_SCRIPT_MODE_FILE)
    file(READ ${FILE} yaml)
    # Everything quoted: semicolons would be taken for separators of a list.
    string(CONCAT text "// Generated from api/openapi.yaml by cmake/embed_openapi.cmake.\n"
                       "#include \"api/contract.hpp\"\n\nnamespace florin::api {\n\n"
                       "std::string_view openapi_yaml() {\n    return R\"florinyaml(" "${yaml}" ")florinyaml\";\n}\n\n"
                       "}  // namespace florin::api\n")
    file(WRITE "${OUTPUT}" "${text}")
    return()
endif()

function(florin_embed_openapi target)
    set(file ${CMAKE_SOURCE_DIR}/api/openapi.yaml)
    set(output ${CMAKE_BINARY_DIR}/generated/openapi_yaml.cpp)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFILE=${file} -P ${CMAKE_SOURCE_DIR}/cmake/embed_openapi.cmake
        DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/embed_openapi.cmake
        COMMENT "Embedding api/openapi.yaml" VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
