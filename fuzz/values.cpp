// Small texts: ids, times, spans of time, currencies and words. What parses is written and parses to the same.
#include "base/clock.hpp"
#include "base/currency.hpp"
#include "base/id.hpp"
#include "config/base_url.hpp"
#include "config/duration.hpp"
#include "fuzz/property.hpp"
#include "payments/operation.hpp"
#include "payments/return_url.hpp"

namespace florin::fuzz {
namespace {

void check_ids(std::string_view text) {
    if (const auto uuid = parse_uuid(text)) must(to_string(*uuid) == text, "an id has one form");
    if (const auto id = PaymentId::parse(text)) {
        must(to_string(*id) == text, "a payment's id has one form");
        must(bucket_of(id->uuid()).value < kBuckets, "a bucket is one of ours");
        must(!OperationId::parse(text) && !MerchantId::parse(text), "a payment's id is no other id");
    }
}

void check_time(std::string_view text) {
    const auto time = parse_time(text);
    if (!time) return;
    const auto shown = format_time(*time);
    const auto again = parse_time(shown);
    must(again.has_value(), "a time is written as it is read");
    must(*again == std::chrono::floor<Milliseconds>(*time), "and is the same to the millisecond");
}

void check_durations(std::string_view text) {
    if (const auto duration = config::parse_duration(text))
        must(duration->count() > 0 && *duration <= std::chrono::days(3653), "a span of time is within limits");
    const auto schedule = config::parse_schedule(text);
    if (!schedule) return;
    for (std::size_t i = 1; i < schedule->size(); ++i) must((*schedule)[i] > (*schedule)[i - 1], "a schedule grows");
    must(schedule->empty() == text.empty(), "only an empty text is an empty schedule");
}

void check_words(std::string_view text) {
    if (const auto currency = Currency::parse(text)) must(currency->code() == text, "a currency has one form");
    if (const auto status = payments::parse_status(text)) must(to_string(*status) == text, "a status has one word");
    if (const auto kind = payments::parse_operation_kind(text)) must(to_string(*kind) == text, "a kind has one word");
    if (const auto outcome = payments::parse_outcome(text))
        must(to_string(*outcome) == text, "an outcome has one word");
}

bool is_one_line_of_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c != 0x7f; });
}

void check_addresses(std::string_view text) {
    const bool live = !payments::return_url_fault(text, true);
    const bool test = !payments::return_url_fault(text, false);
    must(test || !live, "test mode takes every address that live mode takes");
    must(!test || is_one_line_of_text(text), "an address is one line of ASCII");
    must(!live || text.size() < 8 || (text[4] | 0x20) == 's', "live mode sends payers to https only");
    if (config::base_url_problem(text, true).empty())
        must(text.starts_with("https://"), "a live PSP is called by https");
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin::fuzz;
    const auto text = text_of(data, size);
    check_ids(text);
    check_time(text);
    check_durations(text);
    check_words(text);
    check_addresses(text);
    return 0;
}
