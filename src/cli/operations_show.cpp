// florin operations show: all about one operation, and what the resolver does about it next, and why.
#include <fmt/format.h>

#include <iostream>

#include "cli/administration.hpp"
#include "cli/amounts.hpp"
#include "cli/operator_services.hpp"
#include "flow/next_step.hpp"
#include "flow/operation_plan.hpp"
#include "store/open_book_json.hpp"

namespace florin::cli {
namespace {

using boost::json::object;
using boost::json::value;

constexpr const char* kLook = "florin operations list";

std::int64_t seconds(Milliseconds duration) {
    return duration.count() / 1000;
}

object to_json(const store::OperationRow& row) {
    const auto text = [](const auto& optional) { return optional ? value(*optional) : value(); };
    return {{"attempt", row.attempt.number},
            {"psp", row.attempt.psp},
            {"psp_account", row.attempt.psp_account},
            {"actor", row.attempt.actor},
            {"request_id", to_string(row.attempt.request)},
            {"created_at", format_time(row.created_at)},
            {"outcome", row.outcome ? value(payments::to_string(*row.outcome)) : value()},
            {"reason", text(row.reason)},
            {"psp_reference", text(row.psp_reference)},
            {"evidence", row.open_evidence},
            {"closed_at", row.closed_at ? value(format_time(*row.closed_at)) : value()}};
}

object to_json(const psp::Rules& rules) {
    return {{"psp", rules.name},
            {"safe_age_s", seconds(rules.safe_age)},
            {"longest_request_s", seconds(rules.longest_request)},
            {"read_lag_s", seconds(rules.read_lag)},
            {"clock_error_s", seconds(rules.clock_error)},
            {"repeats_are_safe", rules.repeats_are_safe()}};
}

// Each repeat moves the time fence: while it may be sent there is no moment to name.
object next_of(const store::Taken& taken, const psp::Rules& rules, Milliseconds abandon_after) {
    const auto step = flow::next_step(taken, rules, abandon_after);
    const auto fence = rules.longest_request + rules.read_lag + rules.clock_error;
    return {{"step", flow::to_string(step.kind)},
            {"why", flow::reason_of(step, taken)},
            {"may_send", taken.may_send},
            {"absence_proves", step.absence_proves},
            {"time_fence_at", taken.may_send ? value() : value(format_time(taken.send_until + fence))}};
}

Task<std::vector<store::OperationRow>> attempts_of(store::Store& store, PaymentId payment, OperationId operation) {
    auto rows = co_await store.operations_of(payment, Deadline::after(kPatience));
    std::erase_if(rows, [&](const store::OperationRow& row) { return row.attempt.operation != operation; });
    co_return rows;
}

Task<object> story_of(const flow::Services& services, PaymentId payment, OperationId operation) {
    boost::json::array attempts;
    const auto rows = co_await attempts_of(services.store, payment, operation);
    for (const auto& row : rows) attempts.push_back(to_json(row));
    object story{{"operation_id", to_string(operation)},
                 {"payment_id", to_string(payment)},
                 {"attempts", std::move(attempts)},
                 {"open", nullptr},
                 {"next", nullptr},
                 {"psp_rules", nullptr}};
    if (!rows.empty()) {
        const auto& last = rows.back().attempt;
        story["kind"] = payments::to_string(last.kind);
        story["amount"] = last.amount.minor_units();
        story["currency"] = last.amount.currency().code();
    }
    const auto* account = rows.empty() ? nullptr : services.psps.find(flow::account_of(rows.back().attempt));
    if (account != nullptr) story["psp_rules"] = to_json(account->psp->rules());
    const auto open = co_await services.store.find_open(operation, Deadline::after(kPatience));
    if (!open) co_return story;
    story["open"] = store::to_json(*open);
    if (account == nullptr) co_return story;
    const auto& rules = account->psp->rules();
    const auto taken = co_await services.store.peek(operation, flow::ages_of(rules), Deadline::after(kPatience));
    if (taken) story["next"] = next_of(*taken, rules, services.options.abandon_after);
    co_return story;
}

std::string word(const object& from, std::string_view name) {
    const auto& found = from.at(name);
    return found.is_string() ? std::string(found.get_string()) : std::string("-");
}

void print_text(const object& story) {
    if (story.contains("kind")) {
        std::cout << fmt::format("{} of {}, {}\n", word(story, "kind"),
                                 amount_text(story.at("amount").as_int64(), word(story, "currency")),
                                 word(story, "payment_id"));
    }
    for (const auto& row : story.at("attempts").as_array()) {
        const auto& attempt = row.as_object();
        std::cout << fmt::format("attempt {}  {}  {} {}  {}  {}  {}  {}\n", attempt.at("attempt").as_int64(),
                                 word(attempt, "created_at"), word(attempt, "psp"), word(attempt, "psp_account"),
                                 attempt.at("outcome").is_null() ? "open" : word(attempt, "outcome"),
                                 word(attempt, "psp_reference"), word(attempt, "actor"), word(attempt, "evidence"));
    }
    if (story.at("open").is_null()) return;
    const auto& open = story.at("open").as_object();
    std::cout << fmt::format("open for {} s, {} tries{}{}; next try in {} s\n", open.at("age_s").as_int64(),
                             open.at("tries").as_int64(), open.at("parked").as_bool() ? ", PARKED" : "",
                             open.at("in_work").as_bool() ? ", in work now" : "", open.at("next_try_in_s").as_int64());
    if (story.at("next").is_null()) {
        std::cout << "next: nothing, its PSP account is not configured here\n";
        return;
    }
    const auto& next = story.at("next").as_object();
    std::cout << fmt::format("next: {}: {}\n", word(next, "step"), word(next, "why"));
    if (next.at("time_fence_at").is_null()) {
        std::cout << "it may still be sent again: that the PSP shows nothing proves nothing yet\n";
    } else {
        std::cout << fmt::format("absence proves not_executed from {} on, at the latest\n",
                                 word(next, "time_fence_at"));
    }
}

Task<int> show(boost::asio::any_io_executor executor, config::Config config, std::string id, bool json) {
    const auto operation = OperationId::parse(id);
    if (!operation) throw UsageError("an operation's id looks like op_...: `florin operations list` shows them");
    OperatorServices services(executor, config);
    const auto payment = co_await services.flow().store.find_payment_of(*operation, Deadline::after(kPatience));
    if (!payment) co_return print_refusal({Error::not_found, "There is no operation with this id."}, kLook);
    const auto story = co_await story_of(services.flow(), *payment, *operation);
    if (json) {
        print_json(story);
    } else {
        print_text(story);
    }
    co_return kDone;
}

}  // namespace

void add_operations_show(CLI::App& group, Shell& shell) {
    auto id = std::make_shared<std::string>();
    add_command(
        group, shell,
        {.name = "show",
         .what = "One operation: attempts, evidence, and what happens next and why",
         .examples = "  florin operations show op_... --config florin.toml"},
        [&shell, id] {
            return on_loop([&shell, id](auto executor) { return show(executor, shell.config(), *id, shell.json); });
        })
        ->add_option("id", *id, "The operation's id, op_...")
        ->required();
}

}  // namespace florin::cli
