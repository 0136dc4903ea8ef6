#include "events/document.hpp"

#include "payments/json_members.hpp"

namespace florin::events {

std::string document(const store::ToldEvent& event) {
    const auto data = event.of ? payment_document(event.body) : std::string_view(event.body);
    std::string out;
    out.reserve(512 + data.size());
    payments::Members members(out);
    members.text("id", to_string(event.id));
    members.text("event", event.type);
    members.text("type", event.type);
    if (event.of) {
        members.text("payment_id", to_string(event.of->payment));
        members.number("amount", event.of->amount.minor_units());
        members.text("currency", event.of->amount.currency().code());
    }
    members.text("timestamp", format_time(event.at));
    if (event.of) members.number("sequence", event.of->sequence);
    members.boolean("live", event.live);
    members.raw("data", data.empty() ? "null" : data);
    members.close();
    return out;
}

// A problem carries the document as its last member (payments::problem); within a string these bytes cannot stand, for
// its quotes are escaped.
std::string_view payment_document(std::string_view body) {
    constexpr std::string_view kProblem = R"({"type":"/errors/)";
    constexpr std::string_view kPayment = R"(,"payment":)";
    if (!body.starts_with(kProblem)) return body;
    const auto at = body.find(kPayment);
    if (at == std::string_view::npos) return {};
    body.remove_prefix(at + kPayment.size());
    body.remove_suffix(1);
    return body;
}

}  // namespace florin::events
