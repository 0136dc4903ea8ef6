#include "cli/webhook_endpoint_work.hpp"

#include <fmt/format.h>

#include "cli/administration.hpp"
#include "cli/configured.hpp"
#include "cli/key_life.hpp"
#include "config/pepper.hpp"
#include "store/webhook_deliveries.hpp"
#include "store/webhook_endpoint_rows.hpp"
#include "webhooks/registration.hpp"

namespace florin::cli {

std::string to_text(const store::WebhookEndpointRow& row) {
    auto state = row.status;
    if (row.reason) state += " (" + *row.reason + ")";
    if (row.failing_since) state += ", failing since " + format_time(*row.failing_since);
    return fmt::format("{}  {}  {}  {}  {}  {}  {}", to_string(row.id), to_string(row.merchant),
                       row.live ? "live" : "test", state, row.url,
                       row.types.empty() ? "all types" : fmt::format("{}", fmt::join(row.types, ",")), row.description);
}

namespace endpoints {
namespace {

using Row = store::WebhookEndpointRow;

constexpr std::string_view kLook = "florin webhooks endpoints list";
constexpr std::chrono::days kLongestOverlap{7};

store::WebhookEndpoints open_endpoints(Executor executor, const config::Config& config) {
    return store::WebhookEndpoints(std::move(executor), application_url(config), {});
}

store::WebhookEndpoints open_with_secrets(Executor executor, const config::Config& config) {
    const auto pepper = config::load_pepper(config);
    if (!pepper) throw UsageError(pepper.error().detail);
    return store::WebhookEndpoints(std::move(executor), application_url(config), webhooks::sealed_secrets(*pepper));
}

int print(const Row& row, bool json) {
    print_row(row, json);
    return kDone;
}

int print(const Checked<Row>& row, bool json) {
    return row ? print(*row, json) : print_refusal(row.error(), kLook);
}

int print_made(const Checked<store::MadeWebhookEndpoint>& made, bool json) {
    if (!made) return print_refusal(made.error(), kLook);
    if (json) {
        auto object = to_json(made->row);
        object["secret"] = made->secret.expose();
        print_json(object);
    } else {
        std::cout << to_text(made->row) << '\n' << made->secret.expose() << '\n';
        std::cerr << "Keep the secret: it is shown only now.\n";
    }
    return kDone;
}

Task<std::optional<Refusal>> fault_of_url(Executor executor, config::Config config, std::string url, bool live) {
    const webhooks::Registration registration(std::make_shared<http::Names>(executor), target_rules(config));
    co_return co_await registration.fault_of(std::move(url), live, Deadline::after(kPatience));
}

}  // namespace

Task<int> create(Executor executor, config::Config config, EndpointOptions options, bool json) {
    auto wanted = new_endpoint(options);
    auto administration = open_administration(executor, config);
    if (!co_await administration.find_merchant(wanted.merchant, Deadline::after(kPatience)))
        co_return print_refusal({Error::not_found, "There is no merchant with this id."}, kLookAtMerchants);
    const auto fault = co_await fault_of_url(executor, config, wanted.url, wanted.live);
    if (fault) co_return cli::print_refusal(*fault);
    auto endpoints = open_with_secrets(executor, config);
    const auto made = co_await endpoints.create(std::move(wanted), this_user(), Deadline::after(kPatience));
    co_return print_made(made, json);
}

Task<int> update(Executor executor, config::Config config, std::string id, EndpointOptions options, bool json) {
    const auto endpoint = parse_endpoint(id);
    auto change = change_of(options);
    auto endpoints = open_endpoints(executor, config);
    const auto row = co_await endpoints.find(endpoint, {}, Deadline::after(kPatience));
    if (!row) co_return print_refusal(store::no_such_webhook_endpoint(), kLook);
    if (change.url && *change.url != row->url) {
        const auto fault = co_await fault_of_url(executor, config, *change.url, row->live);
        if (fault) co_return cli::print_refusal(*fault);
    }
    const auto changed =
        co_await endpoints.update(endpoint, {}, std::move(change), this_user(), Deadline::after(kPatience));
    co_return print(changed, json);
}

Task<int> rotate(Executor executor, config::Config config, std::string id, std::string overlap, bool json) {
    const auto endpoint = parse_endpoint(id);
    const auto seconds = parse_overlap(overlap, kLongestOverlap);
    auto endpoints = open_with_secrets(executor, config);
    const auto made = co_await endpoints.rotate_secret(endpoint, {}, seconds, this_user(), Deadline::after(kPatience));
    co_return print_made(made, json);
}

Task<int> show(Executor executor, config::Config config, std::string id, bool json) {
    const auto endpoint = parse_endpoint(id);
    auto endpoints = open_endpoints(executor, config);
    const auto row = co_await endpoints.find(endpoint, {}, Deadline::after(kPatience));
    if (!row) co_return print_refusal(store::no_such_webhook_endpoint(), kLook);
    co_return print(*row, json);
}

Task<int> enable(Executor executor, config::Config config, std::string id, bool json) {
    const auto endpoint = parse_endpoint(id);
    auto endpoints = open_endpoints(executor, config);
    const auto changed = co_await endpoints.enable(endpoint, {}, this_user(), Deadline::after(kPatience));
    co_return changed ? print(changed->row, json) : print_refusal(changed.error(), kLook);
}

Task<int> disable(Executor executor, config::Config config, std::string id, bool json) {
    const auto endpoint = parse_endpoint(id);
    auto endpoints = open_endpoints(executor, config);
    const auto changed = co_await endpoints.disable(endpoint, {}, this_user(), Deadline::after(kPatience));
    co_return changed ? print(changed->row, json) : print_refusal(changed.error(), kLook);
}

Task<int> remove(Executor executor, config::Config config, std::string id, bool json) {
    const auto endpoint = parse_endpoint(id);
    auto endpoints = open_endpoints(executor, config);
    const auto removed = co_await endpoints.remove(endpoint, {}, this_user(), Deadline::after(kPatience));
    co_return print(removed, json);
}

Task<int> list(Executor executor, config::Config config, std::string merchant, bool json) {
    auto administration = open_administration(executor, config);
    const auto filter = co_await owner_filter(administration, std::move(merchant));
    if (!filter) co_return print_refusal(filter.error(), kLookAtMerchants);
    auto endpoints = open_endpoints(executor, config);
    const auto page_of = [&](store::Cut cut) { return endpoints.list(*filter, cut, Deadline::after(kPatience)); };
    co_return co_await print_pages(page_of, [](const Row& row) { return row.id.uuid(); }, json);
}

// The event goes before its row of the log, which names it.
Task<int> test(Executor executor, config::Config config, std::string id, bool json) {
    const auto endpoint = parse_endpoint(id);
    auto endpoints = open_endpoints(executor, config);
    const auto row = co_await endpoints.find(endpoint, {}, Deadline::after(kPatience));
    if (!row) co_return print_refusal(store::no_such_webhook_endpoint(), kLook);
    store::WebhookDeliveries deliveries(executor, application_url(config));
    const auto event = co_await deliveries.send_test(endpoint, row->merchant, row->live, Deadline::after(kPatience));
    if (!event)
        co_return cli::print_refusal({Error::operation_not_allowed,
                                      "This webhook endpoint is disabled: `florin webhooks endpoints enable` first."});
    auto administration = open_administration(executor, config);
    store::Decree decree{.action = "webhook_endpoint.test",
                         .subject = to_string(endpoint),
                         .merchant = row->merchant,
                         .live = row->live,
                         .details = {{"event_id", to_string(*event)}}};
    const auto logged = co_await administration.record(std::move(decree), this_user(), Deadline::after(kPatience));
    if (!logged) co_return cli::print_refusal(logged.error());
    if (json) print_json({{"event_id", to_string(*event)}});
    if (!json) std::cout << to_string(*event) << '\n';
    co_return kDone;
}

}  // namespace endpoints
}  // namespace florin::cli
