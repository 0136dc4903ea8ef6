#include "bench/request.hpp"

#include <array>

#include "fmt/core.h"

namespace florin::bench {
namespace {

constexpr std::string_view kPayments = "/api/v1/payments";
constexpr std::array<std::string_view, kKinds> kNames{"sale", "authorize", "capture", "void", "refund", "get", "list"};

std::string path_of(const Asked& asked) {
    switch (asked.kind) {
        case Kind::sale:
        case Kind::authorize:
            return std::string(kPayments);
        case Kind::capture:
        case Kind::void_:
        case Kind::refund:
            return fmt::format("{}/{}/{}", kPayments, asked.payment, to_string(asked.kind));
        case Kind::get:
            return fmt::format("{}/{}", kPayments, asked.payment);
        case Kind::list:
            return fmt::format("{}?limit=20", kPayments);
    }
    return {};
}

std::string body_of(const Asked& asked, std::string_view currency) {
    if (asked.kind == Kind::void_) return "{}";
    if (!creates(asked.kind)) return fmt::format(R"({{"amount":{}}})", asked.amount);
    return fmt::format(R"({{"amount":{},"currency":"{}","payment_method":"pm_card_visa","capture":{},)"
                       R"("description":"Order #{}","metadata":{{"order_id":"ORD-{}"}}}})",
                       asked.amount, currency, asked.kind == Kind::sale, asked.number, asked.number);
}

}  // namespace

std::string_view to_string(Kind kind) {
    return kNames[static_cast<std::size_t>(kind)];
}

std::string request_text(const Asked& asked, std::string_view key, std::string_view run, std::string_view currency) {
    if (is_read(asked.kind)) {
        return fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n\r\n", path_of(asked),
                           key);
    }
    const auto body = body_of(asked, currency);
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {}-{}-{}\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        path_of(asked), key, run, asked.number, to_string(asked.kind), body.size(), body);
}

}  // namespace florin::bench
