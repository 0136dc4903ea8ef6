// florin psp-events list|show|replay: what PSPs told by themselves, what became of it, and another try.
#include <fmt/format.h>

#include "cli/administration.hpp"
#include "config/duration.hpp"
#include "store/psp_event_records.hpp"

namespace florin::cli {
namespace {

using store::EventRecord;
using store::EventState;

struct ListOptions {
    std::string since;
    bool parked = false;
    int limit = 100;
};

WallTime parse_since(const std::string& text) {
    if (const auto ago = config::parse_duration(text)) return SystemClock().now() - *ago;
    if (const auto time = parse_time(text)) return *time;
    throw UsageError("--since must be such as 2h, 3d or 2027-01-31T00:00:00Z");
}

store::EventFilter filter_of(const ListOptions& options) {
    store::EventFilter filter{.only_parked = options.parked, .limit = options.limit};
    if (!options.since.empty()) filter.since = parse_since(options.since);
    return filter;
}

std::string to_text(const EventRecord& record) {
    const auto mode = record.account.live ? "live" : "test";
    auto line = fmt::format("{}  {:<8} {:<30} {}  {}/{}/{}", format_time(record.received), to_string(record.state),
                            record.event, record.type, record.account.psp, record.account.name, mode);
    if (record.state != EventState::handled) line += fmt::format("  {} tries", record.tries);
    return record.why.empty() ? line : line + ": " + record.why;
}

boost::json::object to_json(const EventRecord& record) {
    boost::json::object object{{"event_id", record.event},
                               {"id", to_string(record.id)},
                               {"psp", record.account.psp},
                               {"account", record.account.name},
                               {"live", record.account.live},
                               {"type", record.type},
                               {"state", to_string(record.state)},
                               {"tries", record.tries},
                               {"why", record.why},
                               {"created_at", format_time(record.created)},
                               {"received_at", format_time(record.received)},
                               {"next_try", nullptr}};
    if (record.next_try) object["next_try"] = format_time(*record.next_try);
    return object;
}

// Where not all fit, `how` says how to see or do the rest.
void print_page(const store::EventPage& page, std::string_view how, bool json) {
    boost::json::array data;
    for (const auto& record : page.records) {
        if (json) {
            data.push_back(to_json(record));
        } else {
            std::cout << to_text(record) << '\n';
        }
    }
    if (json) print_json({{"data", std::move(data)}, {"has_more", page.has_more}});
    if (!json && page.has_more) std::cout << "more: " << how << '\n';
}

int print_unknown(const std::string& id) {
    return print_refusal(
        {Error::not_found,
         fmt::format("There is no event {} here, or its month was dropped. `florin psp-events list --since "
                     "30d` shows those that came in.",
                     id)});
}

Task<int> list(boost::asio::any_io_executor executor, std::string url, ListOptions options, bool json) {
    store::PspEventRecords events(executor, std::move(url));
    print_page(co_await events.list(filter_of(options), Deadline::after(kPatience)), "a larger --limit shows them",
               json);
    co_return kDone;
}

Task<int> show(boost::asio::any_io_executor executor, std::string url, std::string id, bool json) {
    store::PspEventRecords events(executor, std::move(url));
    const auto found = co_await events.find(id, Deadline::after(kPatience));
    if (found.empty()) co_return print_unknown(id);
    boost::json::array data;
    for (const auto& record : found) {
        if (!json) std::cout << to_text(record) << '\n' << record.body << '\n';
        auto object = to_json(record);
        object["body"] = record.body;
        data.push_back(std::move(object));
    }
    if (json) print_json({{"data", std::move(data)}});
    co_return kDone;
}

// The events that are meant; empty when an id leads to none.
Task<store::EventPage> chosen(store::PspEventRecords& events, std::string id, ListOptions options) {
    if (!id.empty()) co_return store::EventPage{co_await events.find(std::move(id), Deadline::after(kPatience))};
    co_return co_await events.list(filter_of(options), Deadline::after(kPatience));
}

Task<int> replay(boost::asio::any_io_executor executor, std::string url, std::string id, ListOptions options,
                 bool json) {
    if (id.empty() != options.parked) throw UsageError("say which: an event's id, or --parked for all that are parked");
    store::PspEventRecords events(executor, std::move(url));
    const auto wanted = co_await chosen(events, id, std::move(options));
    if (wanted.records.empty() && !id.empty()) co_return print_unknown(id);
    store::EventPage due{.records = {}, .has_more = wanted.has_more};
    for (auto record : wanted.records) {
        if (!co_await events.replay(record, this_user(), Deadline::after(kPatience))) continue;
        record.state = EventState::waiting;
        due.records.push_back(std::move(record));
    }
    print_page(due, "not all that are parked were given: run it again, or with a larger --limit", json);
    if (const auto skipped = wanted.records.size() - due.records.size(); skipped > 0)
        std::cerr << fmt::format("{} of {} wait already: nothing was done about them.\n", skipped,
                                 wanted.records.size());
    co_return kDone;
}

void add_list_options(CLI::App& command, std::shared_ptr<ListOptions> options, const char* parked) {
    command.add_flag("--parked", options->parked, parked);
    command.add_option("--since", options->since, "Only those received since then: 2h, 3d, 2027-01-31T00:00:00Z");
    command.add_option("--limit", options->limit, "How many at the most")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
}

constexpr const char* kListExplanation =
    "waiting: due or to be tried again; taken: a worker has it; parked: nobody can make anything of it, and a person\n"
    "should look; handled: done, with what came of it. Without --since those that are not handled, the oldest first;\n"
    "with it everything received since then, the newest first.";

void add_list(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<ListOptions>();
    auto* command =
        add_command(group, shell,
                    {.name = "list",
                     .what = "The events that wait or are parked, or all since a time",
                     .examples = "  florin psp-events list --parked\n  florin psp-events list --since 2h --json",
                     .explanation = kListExplanation},
                    [&shell, options] {
                        return on_loop([&shell, options](auto executor) {
                            return list(executor, application_url(shell.config()), *options, shell.json);
                        });
                    });
    add_list_options(*command, options, "Only those that are parked");
}

void add_show(CLI::App& group, Shell& shell) {
    auto id = std::make_shared<std::string>();
    auto* command = add_command(group, shell,
                                {.name = "show",
                                 .what = "One event with its body as it came",
                                 .examples = "  florin psp-events show evt_1NG8Du2eZvKYlo2CUI79vXWy",
                                 .explanation = "The body is the PSP's: it can hold names and addresses of payers."},
                                [&shell, id] {
                                    return on_loop([&shell, id](auto executor) {
                                        return show(executor, application_url(shell.config()), *id, shell.json);
                                    });
                                });
    command->add_option("id", *id, "The PSP's id (evt_...) or ours (pev_...)")->required();
}

constexpr const char* kReplayExplanation =
    "What is named is worked off again as if it had just come in: a parked event, or one that was handled. That does "
    "no\n"
    "harm, because an event only says where to look. Each replay leaves a row in the audit log with your user's name.";

void add_replay(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<ListOptions>();
    options->limit = 1000;
    auto id = std::make_shared<std::string>();
    auto* command =
        add_command(group, shell,
                    {.name = "replay",
                     .what = "Give an event, or all parked ones, to the worker again",
                     .examples = "  florin psp-events replay evt_1NG8Du2eZvKYlo2CUI79vXWy\n"
                                 "  florin psp-events replay --parked --since 1d",
                     .explanation = kReplayExplanation},
                    [&shell, id, options] {
                        return on_loop([&shell, id, options](auto executor) {
                            return replay(executor, application_url(shell.config()), *id, *options, shell.json);
                        });
                    });
    auto* one = command->add_option("id", *id, "The PSP's id (evt_...) or ours (pev_...)");
    add_list_options(*command, options, "All that are parked");
    for (const auto* of_all : {"--since", "--limit"}) one->excludes(command->get_option(of_all));
}

}  // namespace

void add_psp_events(CLI::App& app, Shell& shell) {
    auto* group = add_group(app, {"psp-events", "What PSPs told by themselves: look at it, try it again",
                                  "  florin psp-events list --config florin.toml"});
    group->require_subcommand(1);
    add_list(*group, shell);
    add_show(*group, shell);
    add_replay(*group, shell);
}

}  // namespace florin::cli
