// /api/v1/admin/operations: what waits, and a person's word about it. Operators' keys only.
#include <array>

#include "api/admin_access.hpp"
#include "api/admin_answer.hpp"
#include "api/admin_fields.hpp"
#include "api/handlers_admin.hpp"
#include "flow/operator_word.hpp"
#include "payments/fields.hpp"
#include "store/open_book_json.hpp"

namespace florin::api {
namespace {

constexpr auto kParameters =
    std::to_array<std::string_view>({"state", "merchant_id", "mode", "psp", "limit", "starting_after"});
constexpr auto kFields = std::to_array<std::string_view>({"outcome", "evidence", "reference", "reason", "force"});
constexpr auto kRequired = std::to_array<std::string_view>({"outcome", "evidence"});
constexpr Milliseconds kExpiringWithin{24 * 3'600'000};
constexpr Milliseconds kResolveWithin{60'000};

Refusal not_an_operator() {
    return {Error::forbidden, "Open operations are seen and resolved with an operator's key (sk_admin_…) only."};
}

// The value of a parameter by its words; an absent one has none.
template <class T, std::size_t N>
Checked<std::optional<T>> choice(const Parameters& parameters, std::string_view name,
                                 const std::array<std::pair<std::string_view, T>, N>& words) {
    const auto found = parameters.find(name);
    if (found == parameters.end()) return std::optional<T>();
    std::string known;
    for (const auto& [word, value] : words) {
        if (found->second == word) return std::optional(value);
        known += (known.empty() ? "" : ", ") + std::string(word);
    }
    return refuse(Error::invalid_field, std::string(name) + " must be one of: " + known + ".");
}

constexpr auto kStates = std::to_array<std::pair<std::string_view, store::OpenState>>(
    {{"any", store::OpenState::any},
     {"parked", store::OpenState::parked},
     {"waiting_for_payer", store::OpenState::waiting_for_payer}});
constexpr auto kModes = std::to_array<std::pair<std::string_view, bool>>({{"test", false}, {"live", true}});

Checked<store::OpenQuery> parse_open_query(const Parameters& parameters) {
    store::OpenQuery query;
    auto state = choice(parameters, "state", kStates);
    if (!state) return std::unexpected(std::move(state.error()));
    auto mode = choice(parameters, "mode", kModes);
    if (!mode) return std::unexpected(std::move(mode.error()));
    auto cut = parse_cut<OperationId>(parameters);
    if (!cut) return std::unexpected(std::move(cut.error()));
    query.state = state->value_or(store::OpenState::any);
    query.live = *mode;
    query.limit = cut->limit;
    if (cut->starting_after) query.starting_after = OperationId(*cut->starting_after);
    if (const auto psp = parameters.find("psp"); psp != parameters.end()) query.psp = psp->second;
    return query;
}

std::optional<std::string> text_in(const boost::json::object& body, std::string_view name) {
    const auto* member = body.if_contains(name);
    return member && member->is_string() ? std::optional(std::string(member->get_string())) : std::nullopt;
}

payments::Fault fault_of_types(const boost::json::object& body) {
    for (const auto name : {"outcome", "evidence"}) {
        if (!body.at(name).is_string()) return payments::invalid(name, std::string(name) + " must be a string.");
    }
    for (const auto name : {"reference", "reason"}) {
        const auto* member = body.if_contains(name);
        if (member && !member->is_string() && !member->is_null())
            return payments::invalid(name, std::string(name) + " must be a string, or be left out.");
    }
    const auto* force = body.if_contains("force");
    if (force && !force->is_bool()) return payments::invalid("force", "force must be true or false, without quotes.");
    return std::nullopt;
}

Checked<flow::OperatorWord> parse_word(const boost::json::value& json) {
    const auto body = read_object(json);
    if (!body) return std::unexpected(body.error());
    auto fault = payments::fault_of_names(**body, kFields, kRequired);
    if (!fault) fault = fault_of_types(**body);
    if (fault) return std::unexpected(std::move(*fault));
    const auto* force = (*body)->if_contains("force");
    return flow::make_operator_word({.outcome = *text_in(**body, "outcome"),
                                     .evidence = *text_in(**body, "evidence"),
                                     .reference = text_in(**body, "reference"),
                                     .reason = text_in(**body, "reason"),
                                     .force = force != nullptr && force->get_bool()});
}

}  // namespace

Task<Answer> list_open_operations(const ApiServices& services, Call call) {
    if (!is_operator(call.credential)) co_return std::unexpected(not_an_operator());
    CO_TRY(parameters, parse_query(call.request.query, kParameters));
    CO_TRY(query, parse_open_query(parameters));
    CO_TRY(owner,
           co_await owner_filter(services, call.credential, find_value(parameters, "merchant_id"), call.deadline));
    query.merchant = owner.merchant;
    const auto page = co_await services.flow.store.list_open(query, call.deadline);
    const auto all = co_await services.flow.store.overview(kExpiringWithin, call.deadline);
    boost::json::array data;
    for (const auto& row : page.rows) data.push_back(store::to_json(row));
    boost::json::object body{{"summary", store::to_json(all)}, {"has_more", page.has_more}};
    body["next_starting_after"] =
        page.rows.empty() ? boost::json::value() : boost::json::value(to_string(page.rows.back().operation));
    body["data"] = std::move(data);
    co_return resource_response(200, body);
}

Task<Answer> resolve_operation(const ApiServices& services, Call call) {
    if (!is_operator(call.credential)) co_return std::unexpected(not_an_operator());
    CO_TRY(request, read_money_request(call.request, Body::required));
    CO_TRY(word, parse_word(request.body));
    const auto operation = OperationId::parse(call.id);
    if (!operation) co_return refuse(Error::not_found, "There is no operation with this id.");
    auto author = author_of(call, request);
    CO_TRY(resolution,
           co_await flow::resolve_by_operator(services.flow, services.administration, *operation, std::move(word),
                                              std::move(author), Deadline::after(kResolveWithin)));
    co_return resource_response(200, flow::to_json(resolution), resolution.replayed);
}

}  // namespace florin::api
