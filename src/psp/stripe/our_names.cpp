#include "psp/stripe/our_names.hpp"

#include <charconv>
#include <string_view>

#include "psp/json_fields.hpp"

namespace florin::psp::stripe {
namespace {

std::optional<std::int16_t> parse_attempt(std::string_view text) {
    std::int16_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && number > 0 ? std::optional(number) : std::nullopt;
}

}  // namespace

OurNames our_names(const boost::json::object& of) {
    const auto* metadata = find_object(of, "metadata");
    if (metadata == nullptr) return {};
    return {.payment = PaymentId::parse(find_text(*metadata, "florin_payment").value_or("")),
            .operation = OperationId::parse(find_text(*metadata, "florin_operation").value_or("")),
            .attempt = parse_attempt(find_text(*metadata, "florin_attempt").value_or(""))};
}

}  // namespace florin::psp::stripe
