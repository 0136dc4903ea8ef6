// The parameters of an operation as stored: canonical JSON of what differs from the default.
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

bool read_member(Parameters& parameters, std::string_view name, const value& member) {
    if (name == "multiple_captures") return read_bool(member, parameters.multiple_captures);
    if (name == "final") return read_bool(member, parameters.final);
    if (name == "releases") {
        const auto* amount = member.if_int64();
        if (amount != nullptr) parameters.releases = *amount;
        return amount != nullptr && *amount >= 0;
    }
    const auto* text = member.if_string();
    if (text == nullptr) return false;
    if (name == "reason") parameters.reason = std::string_view(*text);
    if (name == "reverses") parameters.reverses = OperationId::parse(*text);
    return name == "reason" || (name == "reverses" && parameters.reverses);
}

}  // namespace

std::string to_json(const Parameters& parameters) {
    boost::json::object members;
    if (parameters.multiple_captures) members.emplace("multiple_captures", true);
    if (parameters.final) members.emplace("final", true);
    if (parameters.releases != 0) members.emplace("releases", parameters.releases);
    if (parameters.reason) members.emplace("reason", *parameters.reason);
    if (parameters.reverses) members.emplace("reverses", to_string(*parameters.reverses));
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
    return parameters;
}

}  // namespace florin::payments
