// The headers that every request must bring, from lines "name: value".
#include "api/headers.hpp"

#include <algorithm>

#include "api/trace.hpp"
#include "fuzz/property.hpp"
#include "http/text.hpp"

namespace florin::fuzz {
namespace {

http::Request with_headers(std::string_view text) {
    http::Request request;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        request.headers.emplace_back(http::lower_case(line.substr(0, colon)), line.substr(colon + 1));
    }
    return request;
}

bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

void check(const http::Request& request) {
    const auto key = api::idempotency_key(request);
    if (key) {
        must(request.count_of("idempotency-key") == 1, "the key stands once");
        must(*key == *request.find_header("idempotency-key"), "the key is taken byte for byte");
        must(!key->empty() && key->size() <= 255 && is_visible(*key), "the key is short and visible");
    } else {
        must_be_showable(key.error());
    }
    const auto bearer = api::bearer_key(request);
    if (bearer) {
        must(request.count_of("authorization") == 1, "the credential stands once");
        must(!bearer->empty() && is_visible(*bearer), "the credential is visible");
        must(request.find_header("authorization")->size() == bearer->size() + 7, "nothing of it is cut");
    } else {
        must(bearer.error().error == Error::unauthenticated, "no credential is 401");
        must_be_showable(bearer.error());
    }
    const auto trace = api::trace_of(request);
    must(trace.empty() || (trace.size() == 32 && trace.find_first_not_of("0123456789abcdef") == std::string::npos),
         "a trace is 32 digits");
    must(trace.empty() || request.find_header("traceparent")->contains(trace), "and the client's own");
    const auto type = api::fault_of_content_type(request);
    must(type || request.count_of("content-type") == 1, "the content type stands once");
    if (type) must_be_showable(*type);
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin::fuzz;
    check(with_headers(text_of(data, size)));
    return 0;
}
