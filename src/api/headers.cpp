#include "api/headers.hpp"

#include <algorithm>
#include <string_view>

namespace florin::api {
namespace {

constexpr std::size_t kLongestKey = 255;

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

bool is_visible(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7e; });
}

// Removes white space, which a parameter of a media type may have around it.
std::string compact(std::string_view text) {
    std::string out = lower_case(text);
    std::erase_if(out, [](char c) { return c == ' ' || c == '\t'; });
    return out;
}

}  // namespace

Checked<std::string> bearer_key(const http::Request& request) {
    constexpr std::string_view kScheme = "bearer ";
    if (request.count_of("authorization") == 0)
        return refuse(Error::unauthenticated, "Send your API key as Authorization: Bearer sk_…");
    if (request.count_of("authorization") > 1)
        return refuse(Error::unauthenticated, "The Authorization header stands more than once: send exactly one.");
    const std::string_view value = *request.find_header("authorization");
    const auto key = value.substr(std::min(kScheme.size(), value.size()));
    if (lower_case(value.substr(0, kScheme.size())) != kScheme || !is_visible(key))
        return refuse(Error::unauthenticated, "The Authorization header must be: Bearer, one space, your API key.");
    return std::string(key);
}

Checked<std::string> idempotency_key(const http::Request& request) {
    const auto count = request.count_of("idempotency-key");
    if (count == 0) {
        return refuse(Error::idempotency_key_missing,
                      "Send an Idempotency-Key header with a value of your own for each new payment, capture, void or "
                      "refund, such "
                      "as a UUID, and the same value when you repeat the request.");
    }
    if (count > 1)
        return refuse(Error::idempotency_key_invalid,
                      "The Idempotency-Key header stands more than once: send exactly one.");
    const std::string& key = *request.find_header("idempotency-key");
    if (key.size() > kLongestKey || !is_visible(key)) {
        return refuse(Error::idempotency_key_invalid,
                      "The Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces.");
    }
    return key;
}

std::optional<Refusal> fault_of_content_type(const http::Request& request) {
    if (request.count_of("content-type") == 1) {
        const auto type = compact(*request.find_header("content-type"));
        for (const std::string_view accepted :
             {"application/json", "application/json;charset=utf-8", "application/json;charset=\"utf-8\""})
            if (type == accepted) return std::nullopt;
    }
    return Refusal{Error::unsupported_media_type, "Send the body as JSON, with Content-Type: application/json."};
}

}  // namespace florin::api
