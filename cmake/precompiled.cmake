# florin_precompile(name, libraries...): cmake/precompiled/<name>.hpp compiled once for a build, with the definitions of the
# libraries whose headers it reads. Two thirds of the time of a file without it is spent in those headers.
function(florin_precompile name)
    if(NOT FLORIN_PRECOMPILED)
        return()
    endif()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/precompiled_${name}.cpp CONTENT "")
    add_library(florin_precompiled_${name} OBJECT ${CMAKE_BINARY_DIR}/generated/precompiled_${name}.cpp)
    target_link_libraries(florin_precompiled_${name} PRIVATE ${ARGN})
    target_precompile_headers(florin_precompiled_${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled/${name}.hpp)
    # Without its time, so that ccache knows it again.
    target_compile_options(florin_precompiled_${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endfunction()

function(florin_use_precompiled target name)
    if(FLORIN_PRECOMPILED)
        target_precompile_headers(${target} REUSE_FROM florin_precompiled_${name})
    endif()
endfunction()
