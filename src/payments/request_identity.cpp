// What makes two requests the same request.
#include <algorithm>

#include "base/json.hpp"
#include "payments/request.hpp"

namespace florin::payments {
namespace {

boost::json::value or_null(const std::optional<std::string>& text) {
    return text ? boost::json::value(*text) : boost::json::value(nullptr);
}

boost::json::object metadata_of(const CreateRequest& request) {
    boost::json::object metadata;
    for (const auto& [key, value] : request.metadata) metadata.emplace(key, value);
    return metadata;
}

// "/metadata/order": the first name whose value differs or that only one of the two has. Both maps are sorted.
std::string differing_metadata(const Metadata& a, const Metadata& b) {
    const auto [in_a, in_b] = std::ranges::mismatch(a, b);
    if (in_a == a.end() && in_b == b.end()) return {};
    const std::string& key =
        in_b == b.end() || (in_a != a.end() && in_a->first < in_b->first) ? in_a->first : in_b->first;
    std::string pointer = "/metadata";
    json::append_step(pointer, key);
    return pointer;
}

}  // namespace

Digest fingerprint(std::string_view path, const CreateRequest& request) {
    boost::json::object complete{
        {"amount", request.amount.minor_units()},
        {"capture", request.capture},
        {"currency", request.amount.currency().code()},
        {"description", or_null(request.description)},
        {"metadata", metadata_of(request)},
        {"payment_method", request.payment_method},
        {"return_url", or_null(request.return_url)},
    };
    // Left out where it is not asked for: keys never expire, and a request without it keeps the fingerprint of the time
    // before there was such a field.
    if (request.multiple_captures) complete.emplace("multiple_captures", true);
    return sha256(std::string(path).append("\n").append(json::canonical(complete)));
}

std::string differing_field(const CreateRequest& request, const Payment& stored, const Parameters& parameters) {
    if (request.amount.minor_units() != stored.amount.minor_units()) return "/amount";
    if (request.amount.currency() != stored.amount.currency()) return "/currency";
    if (request.payment_method != stored.payment_method) return "/payment_method";
    if (request.capture != stored.capture) return "/capture";
    if (request.multiple_captures != parameters.multiple_captures) return "/multiple_captures";
    if (request.description != stored.description) return "/description";
    if (auto pointer = differing_metadata(request.metadata, stored.metadata); !pointer.empty()) return pointer;
    if (request.return_url != stored.return_url) return "/return_url";
    return {};
}

}  // namespace florin::payments
