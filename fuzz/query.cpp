// The query of a list: nothing in it is silently dropped, and what is taken is the same when written by another hand.
#include "api/query.hpp"

#include <fmt/format.h>

#include <array>

#include "fuzz/property.hpp"

namespace florin::fuzz {
namespace {

constexpr auto kNames =
    std::to_array<std::string_view>({"limit", "starting_after", "status", "currency", "created_from"});

// Every byte escaped.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) out += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    return out;
}

void check_parameters(std::string_view text) {
    const auto parameters = api::parse_query(text, kNames);
    if (!parameters) return must_be_showable(parameters.error());
    std::string again;
    for (const auto& [name, value] : *parameters) {
        must(std::ranges::find(kNames, name) != kNames.end(), "only known names are taken");
        again += escaped(name) + "=" + escaped(value) + "&";
    }
    must(api::parse_query(again, kNames).value() == *parameters, "escaping changes nothing");
    const auto fault = api::fault_of_any_parameter(text);
    must(fault.has_value() || parameters->empty(), "a path without parameters takes none");
}

std::string rendered(const store::ListQuery& query) {
    std::string text = fmt::format("limit={}", query.limit);
    if (query.starting_after) text += "&starting_after=" + to_string(*query.starting_after);
    if (query.status) text += fmt::format("&status={}", payments::to_string(*query.status));
    if (query.currency) text += "&currency=" + *query.currency;
    return text;
}

void check_list(std::string_view text) {
    const auto query = api::parse_list_query(text);
    if (!query) return must_be_showable(query.error());
    must(query->limit >= 1 && query->limit <= 100, "the page is bounded");
    const auto again = api::parse_list_query(rendered(*query));
    must(again && again->limit == query->limit && again->starting_after == query->starting_after &&
             again->status == query->status && again->currency == query->currency,
         "the same query in plain form");
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin::fuzz;
    check_parameters(text_of(data, size));
    check_list(text_of(data, size));
    return 0;
}
