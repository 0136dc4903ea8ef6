// The parameters of an operation as stored: canonical JSON of what differs from the default.
#include <charconv>

#include "base/json.hpp"
#include "payments/operation.hpp"

namespace florin::payments {
namespace {

using boost::json::value;

Refusal unreadable(std::string_view name) {
    return {Error::malformed_request, "The operation's parameters are unreadable: " + std::string(name) + '.'};
}

bool read_bool(const value& member, bool& field) {
    if (const auto* flag = member.if_bool()) {
        field = *flag;
        return true;
    }
    return false;
}

// "op_…-1": the attempt whose success came late.
bool read_late(LateSuccess& late, std::string_view text) {
    const auto dash = text.rfind('-');
    const auto operation = OperationId::parse(text.substr(0, dash));
    if (!operation || dash == std::string_view::npos) return false;
    const auto digits = text.substr(dash + 1);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), late.attempt);
    late.operation = *operation;
    return failed == std::errc() && end == digits.data() + digits.size() && late.attempt >= 1;
}

bool read_text(Parameters& parameters, std::string_view name, std::string_view text) {
    if (name == "reason") {
        parameters.reason = text;
        return true;
    }
    if (name == "reverses") {
        parameters.reverses = OperationId::parse(text);
        return parameters.reverses.has_value();
    }
    if (name != "late" && name != "late_reference") return false;
    if (!parameters.late) parameters.late.emplace();
    if (name == "late") return read_late(*parameters.late, text);
    parameters.late->reference = text;
    return true;
}

bool read_member(Parameters& parameters, std::string_view name, const value& member) {
    if (name == "multiple_captures") return read_bool(member, parameters.multiple_captures);
    if (name == "final") return read_bool(member, parameters.final);
    if (name == "releases") {
        const auto* amount = member.if_int64();
        if (amount != nullptr) parameters.releases = *amount;
        return amount != nullptr && *amount >= 0;
    }
    const auto* text = member.if_string();
    return text != nullptr && read_text(parameters, name, *text);
}

}  // namespace

std::string attempt_name(const LateSuccess& late) {
    return to_string(late.operation) + '-' + std::to_string(late.attempt);
}

std::string to_json(const Parameters& parameters) {
    boost::json::object members;
    if (parameters.multiple_captures) members.emplace("multiple_captures", true);
    if (parameters.final) members.emplace("final", true);
    if (parameters.releases != 0) members.emplace("releases", parameters.releases);
    if (parameters.reason) members.emplace("reason", *parameters.reason);
    if (parameters.reverses) members.emplace("reverses", to_string(*parameters.reverses));
    if (parameters.late) {
        members.emplace("late", attempt_name(*parameters.late));
        members.emplace("late_reference", parameters.late->reference);
    }
    return json::canonical(members);
}

Checked<Parameters> parse_parameters(std::string_view text) {
    const auto parsed = json::parse(text);
    if (!parsed) return std::unexpected(parsed.error());
    const auto* members = parsed->if_object();
    if (members == nullptr) return std::unexpected(unreadable("no object"));
    Parameters parameters;
    for (const auto& [name, member] : *members) {
        if (!read_member(parameters, name, member)) return std::unexpected(unreadable(name));
    }
    const auto& late = parameters.late;
    if (late && (late->operation == OperationId{} || late->reference.empty()))
        return std::unexpected(unreadable("late"));
    return parameters;
}

}  // namespace florin::payments
