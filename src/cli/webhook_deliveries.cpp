// florin webhooks list|show|replay: what became of events on their way to an endpoint, and sending them again.
#include <fmt/format.h>

#include "cli/administration.hpp"
#include "cli/webhook_endpoint_options.hpp"
#include "config/duration.hpp"
#include "store/delivery_json.hpp"

namespace florin::cli {
namespace {

using store::DeliveryRow;
using Executor = boost::asio::any_io_executor;

struct Options {
    std::string endpoint, event, since;
    bool failed = false;
    int limit = 100;
};

std::optional<WallTime> parse_since(const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (const auto ago = config::parse_duration(text)) return SystemClock().now() - *ago;
    if (const auto time = parse_time(text)) return *time;
    throw UsageError("--since must be such as 2h, 3d or 2027-01-31T00:00:00Z");
}

EventId parse_event(const std::string& text) {
    if (const auto id = EventId::parse(text)) return *id;
    throw UsageError("the event must be an id such as evt_0195f000-0000-7000-8014-000000000001");
}

std::string to_text(const DeliveryRow& row) {
    auto line = fmt::format("{}  {:<9} {}  {}  {} tries", format_time(row.created), to_string(row.status),
                            to_string(row.event), row.type, row.tries);
    if (row.last_status && !row.last_error) line += fmt::format("  answered {}", *row.last_status);
    if (row.last_error) line += "  " + *row.last_error;
    if (row.next_try) line += "  next try " + format_time(*row.next_try);
    return line;
}

Task<int> list(Executor executor, std::string url, Options options, bool json) {
    store::WebhookDeliveries deliveries(executor, std::move(url));
    store::DeliveryQuery query{.endpoint = parse_endpoint(options.endpoint), .limit = std::min(options.limit, 100)};
    query.since = parse_since(options.since);
    if (options.failed) query.status = store::DeliveryStatus::failed;
    boost::json::array data;
    bool has_more = true;
    for (int left = options.limit; left > 0 && has_more;) {
        query.limit = std::min(left, 100);
        const auto page = co_await deliveries.list(query, Deadline::after(kPatience));
        for (const auto& row : page.rows) {
            if (json)
                data.push_back(to_json(row));
            else
                std::cout << to_text(row) << '\n';
        }
        left -= static_cast<int>(page.rows.size());
        has_more = page.has_more;
        query.starting_after = page.next_starting_after;
    }
    if (json) print_json({{"data", std::move(data)}, {"has_more", has_more}});
    if (!json && has_more) std::cout << "more: a larger --limit shows them\n";
    co_return kDone;
}

Task<int> show(Executor executor, std::string url, Options options, bool json) {
    store::WebhookDeliveries deliveries(executor, std::move(url));
    const auto row = co_await deliveries.find(parse_endpoint(options.endpoint), parse_event(options.event),
                                              Deadline::after(kPatience));
    if (!row)
        co_return print_refusal({Error::not_found, "This event was never to be delivered to this endpoint."},
                                "florin webhooks list");
    if (json)
        print_json(to_json(*row));
    else
        std::cout << to_text(*row) << '\n';
    co_return kDone;
}

Task<int> replay(Executor executor, config::Config config, Options options, bool json) {
    const auto id = parse_endpoint(options.endpoint);
    store::WebhookEndpoints endpoints(executor, application_url(config), {});
    const auto endpoint = co_await endpoints.find(id, {}, Deadline::after(kPatience));
    if (!endpoint) co_return print_refusal(store::no_such_webhook_endpoint(), "florin webhooks endpoints list");
    store::ReplayRequest request{.endpoint = id,
                                 .merchant = endpoint->merchant,
                                 .live = endpoint->live,
                                 .since = parse_since(options.since),
                                 .only_failed = options.failed};
    if (!options.event.empty()) request.event = parse_event(options.event);
    if (!request.since && !request.event && !request.only_failed)
        throw UsageError("say what is sent again: --since, --failed or --event");
    store::WebhookDeliveries deliveries(executor, application_url(config));
    const auto done = co_await deliveries.replay(request, this_user(), Deadline::after(kPatience));
    if (!done) co_return print_refusal(done.error());
    if (json)
        print_json(to_json(*done));
    else
        std::cout << fmt::format("{} deliveries are due again{}\n", done->deliveries,
                                 done->has_more ? "; there are more: run it again when these are delivered" : "");
    co_return kDone;
}

void add_endpoint(CLI::App& command, std::shared_ptr<Options> options) {
    command.add_option("endpoint", options->endpoint, "The endpoint's id (we_...)")->required();
}

void add_filters(CLI::App& command, std::shared_ptr<Options> options, const char* failed) {
    command.add_flag("--failed", options->failed, failed);
    command.add_option("--since", options->since, "Only events of that time or later: 2h, 3d, 2027-01-31T00:00:00Z");
}

void add_list(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, shell,
                                {.name = "list",
                                 .what = "What became of events on their way to an endpoint, the newest first",
                                 .examples = "  florin webhooks list we_... --failed --since 1d"},
                                [&shell, options] {
                                    return on_loop([&shell, options](auto executor) {
                                        return list(executor, application_url(shell.config()), *options, shell.json);
                                    });
                                });
    add_endpoint(*command, options);
    add_filters(*command, options, "Only those that were given up");
    command->add_option("--limit", options->limit, "How many at the most (100)")->check(CLI::Range(1, 100'000));
}

void add_show(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, shell,
                                {.name = "show",
                                 .what = "One delivery: tries, last answer, next try",
                                 .examples = "  florin webhooks show we_... evt_..."},
                                [&shell, options] {
                                    return on_loop([&shell, options](auto executor) {
                                        return show(executor, application_url(shell.config()), *options, shell.json);
                                    });
                                });
    add_endpoint(*command, options);
    command->add_option("event", options->event, "The event's id (evt_...)")->required();
}

constexpr const char* kReplayExplanation =
    "Events are sent again under their own ids, so that a receiver that has them takes no harm: those since a time, "
    "also\n"
    "what happened while the endpoint was disabled, or only those that were given up. A call makes at most 1000 "
    "deliveries\n"
    "due, and none while as many are pending. Each leaves a row in the audit log with your user's name.";

void add_replay(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, shell,
                                {.name = "replay",
                                 .what = "Send events to an endpoint again",
                                 .examples = "  florin webhooks replay we_... --since 2h\n"
                                             "  florin webhooks replay we_... --failed",
                                 .explanation = kReplayExplanation},
                                [&shell, options] {
                                    return on_loop([&shell, options](auto executor) {
                                        return replay(executor, shell.config(), *options, shell.json);
                                    });
                                });
    add_endpoint(*command, options);
    add_filters(*command, options, "Only those that were given up");
    command->add_option("--event", options->event, "This event alone (evt_...)");
}

}  // namespace

void add_webhook_deliveries(CLI::App& group, Shell& shell) {
    add_list(group, shell);
    add_show(group, shell);
    add_replay(group, shell);
}

}  // namespace florin::cli
