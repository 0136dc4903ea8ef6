# Compiles a text file into a library, so that a program serves what it was built with.
#
# Included, it offers florin_embed_text(target file header function), where the header (as included, its folder names the
# namespace) declares `std::string_view function();`. Run as a script (cmake -DOUTPUT=… -DFILE=… -DSOURCE=… -DHEADER=…
# -DFUNCTION=… -P), it writes the C++ file.
if(CMAKE_SCRIPT_MODE_FILE)
    file(READ ${FILE} text)
    get_filename_component(module ${HEADER} DIRECTORY)
    # Everything quoted: semicolons would be taken for separators of a list.
    string(CONCAT code "// Generated from ${SOURCE} by cmake/embed_text.cmake.\n"
                       "#include \"${HEADER}\"\n\nnamespace florin::${module} {\n\n"
                       "std::string_view ${FUNCTION}() {\n    return R\"florintext(" "${text}" ")florintext\";\n}\n\n"
                       "}  // namespace florin::${module}\n")
    file(WRITE "${OUTPUT}" "${code}")
    return()
endif()

function(florin_embed_text target source header function)
    set(file ${CMAKE_SOURCE_DIR}/${source})
    set(output ${CMAKE_BINARY_DIR}/generated/${function}.cpp)
    set(script ${CMAKE_SOURCE_DIR}/cmake/embed_text.cmake)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFILE=${file} -DSOURCE=${source} -DHEADER=${header}
                -DFUNCTION=${function} -P ${script}
        DEPENDS ${file} ${script}
        COMMENT "Embedding ${source}" VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
