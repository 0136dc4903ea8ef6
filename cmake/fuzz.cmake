# florin_fuzz_target(name): fuzz/<name>.cpp as the libFuzzer program fuzz_<name>, linked with the code that reads what comes
# from outside. Of the modules that also do I/O only the files that parse are compiled: the rest would take minutes.
#
# Everything is built with -fsanitize=fuzzer-no-link (preset fuzz), so that libFuzzer sees the way through Florin's code.
function(florin_fuzz_code)
    set(files currencies declines decode encode event event_source form intent intent_captured intent_created
        intent_released our_names redirect refund_object refusal rules signature)
    list(TRANSFORM files PREPEND psp/stripe/)
    list(APPEND files psp/event psp/event_source psp/judge http/header_scan http/request_parser http/answer_parser http/message
        http/public_address webhooks/target
        api/headers api/query api/trace api/admin_request api/admin_fields api/webhook_endpoint_request webhooks/event_types store/credential_secret store/notice store/policy store/scopes)
    list(TRANSFORM files PREPEND ${CMAKE_SOURCE_DIR}/src/)
    list(TRANSFORM files APPEND .cpp)
    file(GLOB config CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/config/*.cpp)
    list(FILTER config EXCLUDE REGEX "_test\\.cpp$")
    add_library(florin_fuzz_code STATIC ${files} ${config})
    target_include_directories(florin_fuzz_code PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
    target_link_libraries(florin_fuzz_code PUBLIC florin_payments florin_base Boost::url OpenSSL::SSL
                          prometheus-cpp::core tomlplusplus::tomlplusplus)
    add_custom_target(florin_fuzz)
endfunction()

function(florin_fuzz_target name)
    add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/fuzz/${name}.cpp)
    target_link_libraries(fuzz_${name} PRIVATE florin_fuzz_code)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
    add_dependencies(florin_fuzz fuzz_${name})
endfunction()

florin_fuzz_code()
file(GLOB targets CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/fuzz ${CMAKE_SOURCE_DIR}/fuzz/*.cpp)
foreach(target IN LISTS targets)
    string(REPLACE ".cpp" "" name ${target})
    florin_fuzz_target(${name})
endforeach()
