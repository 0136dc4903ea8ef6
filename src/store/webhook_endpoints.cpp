#include "store/webhook_endpoints.hpp"

#include <fmt/core.h>

#include "base/assert.hpp"
#include "store/change_log.hpp"
#include "store/webhook_endpoint_rows.hpp"
#include "store/webhook_endpoint_statements.hpp"

namespace florin::store {
namespace {

using Row = WebhookEndpointRow;

Refusal too_many() {
    return {
        Error::operation_not_allowed,
        fmt::format("There are {} webhook endpoints already, which is the limit: delete one, or let one of them take "
                    "more types of events.",
                    kEndpointsAtMost)};
}

std::string_view hand_of(const OwnerFilter& owner) {
    return owner.merchant ? "merchant" : "operator";
}

postgres::Array array_of(const std::vector<std::string>& types) {
    postgres::Array array(postgres::Oid::text);
    for (const auto& type : types) array.add(type);
    return array;
}

Decree decree_of(std::string action, const Row& row, boost::json::object details = {}) {
    return {.action = std::move(action),
            .subject = to_string(row.id),
            .merchant = row.merchant,
            .live = row.live,
            .details = std::move(details)};
}

}  // namespace

Refusal no_such_webhook_endpoint() {
    return {Error::not_found, "There is no webhook endpoint with this id."};
}

struct WebhookEndpoints::State {
    ChangeLog log;
    MakeSecret make_secret;

    // Whatever its status.
    Task<std::optional<Row>> find(WebhookEndpointId id, OwnerFilter owner, Deadline deadline);
    Task<Row> load(WebhookEndpointId id, Deadline deadline);
    Task<Checked<Row>> load_present(WebhookEndpointId id, OwnerFilter owner, Deadline deadline);
    Task<Checked<std::optional<Row>>> replayed(Author author, Deadline deadline);
    // A row of the log for a change of the endpoint as it was read: $10 its id, $11 its version.
    ChangeLog::Entry entry_of(const Decree& decree, const Row& row, const Author& author) const;
    Task<bool> write_new(WebhookEndpointId id, NewWebhookEndpoint wanted, std::string sealed, Author author,
                         Deadline deadline);
    Task<bool> is_full(MerchantId merchant, bool live, Deadline deadline);
    struct Switch {
        std::string statement, action, status;
    };
    Task<Checked<Changed<Row>>> switch_to(Switch wanted, WebhookEndpointId id, OwnerFilter owner, Author author,
                                          Deadline deadline);
};

Task<std::optional<Row>> WebhookEndpoints::State::find(WebhookEndpointId id, OwnerFilter owner, Deadline deadline) {
    postgres::Params params;
    params.add(id.uuid());
    owner.merchant ? params.add(owner.merchant->uuid()) : params.add_null(postgres::Oid::uuid);
    owner.live ? params.add(*owner.live) : params.add_null(postgres::Oid::boolean);
    const auto rows = co_await log.execute("find_endpoint", std::move(params), deadline);
    if (rows.empty()) co_return std::nullopt;
    co_return webhook_endpoint_of(rows[0]);
}

Task<Row> WebhookEndpoints::State::load(WebhookEndpointId id, Deadline deadline) {
    auto row = co_await find(id, {}, deadline);
    FLORIN_ASSERT(row.has_value());
    co_return std::move(*row);
}

Task<Checked<Row>> WebhookEndpoints::State::load_present(WebhookEndpointId id, OwnerFilter owner, Deadline deadline) {
    auto row = co_await find(id, owner, deadline);
    if (!row || row->status == "deleted") co_return std::unexpected(no_such_webhook_endpoint());
    co_return std::move(*row);
}

Task<Checked<std::optional<Row>>> WebhookEndpoints::State::replayed(Author author, Deadline deadline) {
    CO_TRY(subject, co_await log.replayed_subject(std::move(author), deadline));
    if (!subject) co_return std::optional<Row>();
    const auto id = WebhookEndpointId::parse(*subject);
    FLORIN_ASSERT(id.has_value());
    co_return std::optional(co_await load(*id, deadline));
}

ChangeLog::Entry WebhookEndpoints::State::entry_of(const Decree& decree, const Row& row, const Author& author) const {
    auto entry = log.entry_of(decree, author);
    entry.params.add(row.id.uuid()).add(row.version);
    return entry;
}

// False when nothing was made: no slot is free, or the author's key is taken.
Task<bool> WebhookEndpoints::State::write_new(WebhookEndpointId id, NewWebhookEndpoint wanted, std::string sealed,
                                              Author author, Deadline deadline) {
    auto entry = log.entry_of({.action = "webhook_endpoint.create",
                               .subject = to_string(id),
                               .merchant = wanted.merchant,
                               .live = wanted.live,
                               .details = settings_of(wanted)},
                              author);
    entry.params.add(id.uuid()).add(wanted.url).add(wanted.description).add(array_of(wanted.types)).add_bytes(sealed);
    co_return co_await log.write("create_endpoint", std::move(entry), deadline);
}

Task<bool> WebhookEndpoints::State::is_full(MerchantId merchant, bool live, Deadline deadline) {
    postgres::Params params;
    params.add(merchant.uuid()).add(live);
    const auto rows = co_await log.execute("count_endpoints", std::move(params), deadline);
    co_return rows[0].int8(0) >= kEndpointsAtMost;
}

WebhookEndpoints::WebhookEndpoints(boost::asio::any_io_executor executor, std::string conninfo, MakeSecret make_secret)
    : state_(new State{.log = ChangeLog(std::move(executor), std::move(conninfo), prepare_webhook_endpoint_statements),
                       .make_secret = std::move(make_secret)}) {}

WebhookEndpoints::~WebhookEndpoints() = default;

Task<std::optional<Row>> WebhookEndpoints::find(WebhookEndpointId id, OwnerFilter owner, Deadline deadline) {
    auto row = co_await state_->find(id, owner, deadline);
    if (row && row->status == "deleted") co_return std::nullopt;
    co_return row;
}

Task<Slice<Row>> WebhookEndpoints::list(OwnerFilter owner, Cut cut, Deadline deadline) {
    const auto rows = co_await state_->log.page("list_endpoints", cut, owner, deadline);
    std::vector<Row> endpoints;
    for (int i = 0; i < rows.size(); ++i) endpoints.push_back(webhook_endpoint_of(rows[i]));
    co_return slice_of(std::move(endpoints), cut.limit);
}

Task<Checked<bool>> WebhookEndpoints::is_replay(Author author, Deadline deadline) {
    CO_TRY(subject, co_await state_->log.replayed_subject(std::move(author), deadline));
    co_return subject.has_value();
}

Task<Checked<MadeWebhookEndpoint>> WebhookEndpoints::create(NewWebhookEndpoint wanted, Author author,
                                                            Deadline deadline) {
    for (int tries = 0; tries < kTries; ++tries) {
        CO_TRY(known, co_await state_->replayed(author, deadline));
        if (known) co_return MadeWebhookEndpoint{.row = std::move(*known), .secret = {}, .replayed = true};
        if (tries > 0 && co_await state_->is_full(wanted.merchant, wanted.live, deadline))
            co_return std::unexpected(too_many());
        const auto id = WebhookEndpointId::make(state_->log.now(), bucket_of(wanted.merchant.uuid()), wanted.live);
        auto made = state_->make_secret(id, 1);
        if (!co_await state_->write_new(id, wanted, std::move(made.sealed), author, deadline)) continue;
        auto row = co_await state_->load(id, deadline);
        co_return MadeWebhookEndpoint{.row = std::move(row), .secret = std::move(made.secret)};
    }
    co_return std::unexpected(changed_meanwhile());
}

Task<Checked<Row>> WebhookEndpoints::update(WebhookEndpointId id, OwnerFilter owner, WebhookEndpointChange change,
                                            Author author, Deadline deadline) {
    for (int tries = 0; tries < kTries; ++tries) {
        CO_TRY(before, co_await state_->load_present(id, owner, deadline));
        auto after = before;
        if (change.url) after.url = *change.url;
        if (change.description) after.description = *change.description;
        if (change.types) after.types = *change.types;
        auto difference = difference_of(before, after);
        if (difference.empty()) co_return before;
        auto entry =
            state_->entry_of(decree_of("webhook_endpoint.update", before, std::move(difference)), before, author);
        entry.params.add(after.url).add(after.description).add(array_of(after.types));
        if (co_await state_->log.write("update_endpoint", std::move(entry), deadline))
            co_return co_await state_->load(id, deadline);
    }
    co_return std::unexpected(changed_meanwhile());
}

Task<Checked<Changed<Row>>> WebhookEndpoints::State::switch_to(Switch wanted, WebhookEndpointId id, OwnerFilter owner,
                                                               Author author, Deadline deadline) {
    for (int tries = 0; tries < kTries; ++tries) {
        CO_TRY(known, co_await replayed(author, deadline));
        if (known) co_return Changed<Row>{.row = std::move(*known), .replayed = true};
        CO_TRY(row, co_await load_present(id, owner, deadline));
        if (row.status == wanted.status) co_return Changed<Row>{.row = std::move(row)};
        auto entry = entry_of(decree_of(wanted.action, row), row, author);
        if (wanted.status != "enabled") entry.params.add(hand_of(owner));
        if (!co_await log.write(wanted.statement, std::move(entry), deadline)) continue;
        auto changed = co_await load(id, deadline);
        co_return Changed<Row>{.row = std::move(changed)};
    }
    co_return std::unexpected(changed_meanwhile());
}

Task<Checked<Changed<Row>>> WebhookEndpoints::enable(WebhookEndpointId id, OwnerFilter owner, Author author,
                                                     Deadline deadline) {
    return state_->switch_to({.statement = "enable_endpoint", .action = "webhook_endpoint.enable", .status = "enabled"},
                             id, owner, std::move(author), deadline);
}

Task<Checked<Changed<Row>>> WebhookEndpoints::disable(WebhookEndpointId id, OwnerFilter owner, Author author,
                                                      Deadline deadline) {
    return state_->switch_to(
        {.statement = "disable_endpoint", .action = "webhook_endpoint.disable", .status = "disabled"}, id, owner,
        std::move(author), deadline);
}

Task<Checked<Row>> WebhookEndpoints::remove(WebhookEndpointId id, OwnerFilter owner, Author author, Deadline deadline) {
    State::Switch wanted{.statement = "remove_endpoint", .action = "webhook_endpoint.delete", .status = "deleted"};
    CO_TRY(removed, co_await state_->switch_to(std::move(wanted), id, owner, std::move(author), deadline));
    co_return std::move(removed.row);
}

Task<Checked<MadeWebhookEndpoint>> WebhookEndpoints::rotate_secret(WebhookEndpointId id, OwnerFilter owner,
                                                                   std::chrono::seconds overlap, Author author,
                                                                   Deadline deadline) {
    for (int tries = 0; tries < kTries; ++tries) {
        CO_TRY(known, co_await state_->replayed(author, deadline));
        if (known) co_return MadeWebhookEndpoint{.row = std::move(*known), .secret = {}, .replayed = true};
        CO_TRY(row, co_await state_->load_present(id, owner, deadline));
        FLORIN_ASSERT(row.secret_number.has_value());
        const auto number = static_cast<std::int16_t>(*row.secret_number + 1);
        auto made = state_->make_secret(id, number);
        auto entry = state_->entry_of(
            decree_of("webhook_endpoint.rotate_secret", row, {{"overlap_seconds", overlap.count()}}), row, author);
        entry.params.add(number).add_bytes(made.sealed).add(std::int64_t{overlap.count()});
        if (!co_await state_->log.write("rotate_secret", std::move(entry), deadline)) continue;
        auto changed = co_await state_->load(id, deadline);
        co_return MadeWebhookEndpoint{.row = std::move(changed), .secret = std::move(made.secret)};
    }
    co_return std::unexpected(changed_meanwhile());
}

}  // namespace florin::store
