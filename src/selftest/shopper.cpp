#include "selftest/shopper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace florin::selftest {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kPayments = "/api/v1/payments";
constexpr std::size_t kIdLength = 40;  // "pay_" and a UUID
constexpr auto kCurrencies = std::to_array<std::string_view>({"USD", "EUR", "JPY", "KWD"});
constexpr auto kMethods =
    std::to_array<std::string_view>({"pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_visa",
                                     "pm_card_visa", "pm_card_visa", "pm_card_visa_chargeDeclined"});

bool is_final(int status) {
    return status == 200 || status == 402 || status == 422;
}

std::string_view payment_id_in(std::string_view body) {
    constexpr std::string_view kMember = "\"payment_id\":\"";
    const auto at = body.find(kMember);
    return at == std::string_view::npos ? std::string_view() : body.substr(at + kMember.size(), kIdLength);
}

}  // namespace

Shopper::Shopper(std::uint64_t seed, std::string run, std::uint64_t number)
    : dice_(seed * 1'000'003 + number), run_(std::move(run)), number_(number) {}

Step Shopper::next(Tally& tally) {
    if (phase_ == Phase::done) {
        begin_operation();
        ++tally.operations;
    }
    ++tally.requests;
    Step step{.wait = std::exchange(wait_, milliseconds(0)), .hops = dice_.one_in(12)};
    step.hangs_up = phase_ == Phase::asking && dice_.one_in(80);
    tally.hops += step.hops ? 1 : 0;
    tally.repeats += phase_ == Phase::repeating ? 1 : 0;
    tally.probes += phase_ == Phase::probing ? 1 : 0;
    return step;
}

void Shopper::begin_operation() {
    phase_ = Phase::asking;
    tries_left_ = static_cast<int>(dice_.between(2, 8));
    final_status_ = 0;
    request_.key = fmt::format("{}-{}-{}", run_, number_, operations_++);
    if (payment_id_.empty() || modifications_left_ == 0) {
        begin_payment();
    } else {
        begin_modification();
    }
}

void Shopper::begin_payment() {
    payment_id_.clear();
    is_sale_ = dice_.below(100) < 45;
    amount_ = dice_.between(10, 9'000) * 10;
    modifications_left_ = static_cast<int>(dice_.below(5));
    request_.kind = is_sale_ ? "sale" : "authorize";
    request_.path = kPayments;
    request_.body = fmt::format(R"({{"amount":{},"currency":"{}","payment_method":"{}","capture":{}{}}})", amount_,
                                kCurrencies[dice_.below(kCurrencies.size())], kMethods[dice_.below(kMethods.size())],
                                is_sale_, !is_sale_ && dice_.one_in(2) ? R"(,"multiple_captures":true)" : "");
}

void Shopper::begin_modification() {
    --modifications_left_;
    const auto chance = dice_.below(100);
    if (is_sale_) {
        request_.kind = chance < 85 ? "refund" : chance < 95 ? "void" : "capture";
    } else {
        request_.kind = chance < 50 ? "capture" : chance < 80 ? "refund" : "void";
    }
    request_.path = fmt::format("{}/{}/{}", kPayments, payment_id_, request_.kind);
    const bool is_whole = request_.kind == "void" || dice_.one_in(3);
    request_.body = is_whole ? "{}" : fmt::format(R"({{"amount":{}}})", dice_.between(1, amount_ / 15) * 10);
}

// The key that was just answered, for something else.
void Shopper::begin_probe() {
    phase_ = Phase::probing;
    last_ = request_;
    if (dice_.one_in(2) && !payment_id_.empty()) {
        request_.kind = last_.kind == "refund" ? "void" : "refund";
        request_.path = fmt::format("{}/{}/{}", kPayments, payment_id_, request_.kind);
        request_.body = "{}";
    } else {
        request_.body = last_.path == kPayments ? R"({"amount":77770,"currency":"USD","payment_method":"pm_card_visa"})"
                                                : R"({"amount":77770})";
        if (last_.kind == "void") request_.path = fmt::format("{}/{}/capture", kPayments, payment_id_);
    }
}

void Shopper::answered(int status, std::string_view body, AckLog& log, Tally& tally) {
    ++tally.statuses[status];
    if (status == 0) ++tally.cut;
    if (phase_ == Phase::probing) {
        judge_probe(status, body, tally);
    } else {
        judge(status, body, log, tally);
    }
    go_on(status);
}

void Shopper::judge(int status, std::string_view body, AckLog& log, Tally& tally) {
    const auto id = payment_id_in(body);
    const bool is_creation = request_.path == kPayments;
    if (status == 400 || status == 404) {
        tally.breaks(fmt::format("{} {} was answered with {}: {}", request_.path, request_.key, status, body));
    }
    if (id.empty()) return;
    if (is_creation && payment_id_.empty()) payment_id_ = id;
    if (payment_id_ != id) {
        tally.breaks(fmt::format("key {} was answered with {} and before with {}", request_.key, id, payment_id_));
    }
    const bool is_kept = is_final(status) || status == 202 || status == 503;
    const bool is_sample = is_final(status) && dice_.one_in(64);
    if (is_kept) {
        log.keep({.key = request_.key,
                  .payment_id = id,
                  .body = body,
                  .status = status,
                  .path = is_sample ? std::string_view(request_.path) : "",
                  .request = is_sample ? std::string_view(request_.body) : ""});
    }
    if (is_final(status)) judge_final(status, body, tally);
}

void Shopper::judge_final(int status, std::string_view body, Tally& tally) {
    if (final_status_ == 0) {
        final_status_ = status;
        final_body_ = body;
        ++tally.finals;
        ++tally.kinds[fmt::format("{} {}", request_.kind, status)];
    } else if (final_status_ != status || final_body_ != body) {
        tally.breaks(fmt::format("key {} was answered with {} {} and then with {} {}", request_.key, final_status_,
                                 final_body_, status, body));
    }
}

// Nothing may come of it; it is refused for good or put off.
void Shopper::judge_probe(int status, std::string_view body, Tally& tally) {
    const bool is_refused = status == 422 && body.find("idempotency_key_reused") != std::string_view::npos;
    const bool is_put_off = status == 0 || status == 409 || status == 429 || status >= 500;
    if (is_refused || is_put_off) return;
    tally.breaks(fmt::format("{} {} under the used key {} was answered with {}: {}", request_.path, request_.body,
                             request_.key, status, body));
}

void Shopper::go_on(int status) {
    const auto before = phase_;
    if (before == Phase::probing) {
        phase_ = Phase::done;
        request_ = last_;
        return;
    }
    if (is_final(status)) {
        phase_ = dice_.one_in(10) ? Phase::repeating : Phase::done;
        if (phase_ == Phase::done && dice_.one_in(20)) begin_probe();
        return;
    }
    // A repeat after the final answer insists on its answer; everybody else loses patience at some time.
    if (before == Phase::asking && --tries_left_ <= 0) phase_ = Phase::done;
    wait_ = milliseconds(dice_.between(20, 400));
}

}  // namespace florin::selftest
