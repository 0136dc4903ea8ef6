#include "api/trace.hpp"

#include <algorithm>

namespace florin::api {
namespace {

constexpr std::size_t kTrace = 3, kTraceDigits = 32;
constexpr std::size_t kParent = 36, kParentDigits = 16;
constexpr std::size_t kFlags = 53;
constexpr std::size_t kLength = 55;

// Upper-case digits are not allowed.
bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
    return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> trace_id_of(std::string_view traceparent) {
    if (traceparent.size() < kLength || traceparent[kTrace - 1] != '-' || traceparent[kParent - 1] != '-' ||
        traceparent[kFlags - 1] != '-')
        return std::nullopt;
    const auto version = traceparent.substr(0, 2);
    if (!is_hex(version) || version == "ff") return std::nullopt;
    const auto rest = traceparent.substr(kLength);
    if (!rest.empty() && (version == "00" || rest.front() != '-')) return std::nullopt;
    const auto trace = traceparent.substr(kTrace, kTraceDigits);
    if (!is_id(trace) || !is_id(traceparent.substr(kParent, kParentDigits)) || !is_hex(traceparent.substr(kFlags, 2)))
        return std::nullopt;
    return trace;
}

std::string trace_of(const http::Request& request) {
    if (request.count_of("traceparent") != 1) return {};
    return std::string(trace_id_of(*request.find_header("traceparent")).value_or(""));
}

std::string trace_of(RequestId request) {
    std::string trace = to_string(request.uuid());
    std::erase(trace, '-');
    return trace;
}

}  // namespace florin::api
