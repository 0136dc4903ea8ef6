// florin operations resolve: a person says how an open operation ended, with the evidence.
#include <fmt/format.h>

#include <iostream>

#include "cli/administration.hpp"
#include "cli/operator_services.hpp"
#include "flow/operator_word.hpp"

namespace florin::cli {
namespace {

constexpr const char* kLook = "florin operations list";
constexpr Milliseconds kWithin{60'000};

struct ResolveOptions {
    std::string id, outcome, evidence;
    std::optional<std::string> reference, reason;
    bool force = false;
};

OperationId parse_operation(const std::string& text) {
    if (const auto id = OperationId::parse(text)) return *id;
    throw UsageError(
        "an operation's id looks like op_01890000-0000-7000-8000-000000000000: `florin operations list` "
        "shows those that are open");
}

flow::OperatorWord word_of(const ResolveOptions& options) {
    auto word = flow::make_operator_word({.outcome = options.outcome,
                                          .evidence = options.evidence,
                                          .reference = options.reference,
                                          .reason = options.reason,
                                          .force = options.force});
    if (!word) throw UsageError(word.error().detail);
    return std::move(*word);
}

void print(const flow::Resolution& resolution, bool json) {
    if (json) {
        print_json(flow::to_json(resolution));
        return;
    }
    std::cout << fmt::format("{} of {} is {}, {}. The PSP: {}\n", payments::to_string(resolution.attempt.kind),
                             to_string(resolution.payment.id), payments::to_string(resolution.result.outcome),
                             resolution.is_proven ? "which the PSP confirms" : "by your word", resolution.psp_said);
}

Task<int> resolve(boost::asio::any_io_executor executor, config::Config config, ResolveOptions options, bool json) {
    const auto operation = parse_operation(options.id);
    auto word = word_of(options);
    OperatorServices services(executor, config);
    co_await services.start(Deadline::after(kPatience));
    auto administration = open_administration(executor, config);
    const auto resolution = co_await flow::resolve_by_operator(services.flow(), administration, operation,
                                                               std::move(word), this_user(), Deadline::after(kWithin));
    co_await services.finish(Deadline::after(kPatience));
    if (!resolution) co_return print_refusal(resolution.error(), kLook);
    print(*resolution, json);
    co_return kDone;
}

constexpr const char* kExplanation =
    "The PSP is asked once more first. What it says clearly wins: it is booked, and a word that contradicts it is\n"
    "refused. Where it says nothing clear, --force books your word: approved needs --reference (the PSP's object),\n"
    "declined and not_executed say that no money has moved and none will. not_executed is watched until the PSP's\n"
    "longest settlement time: a charge that shows up later is given back. Your name and the evidence stay in the "
    "audit\n"
    "log for ever.";

}  // namespace

void add_operations_resolve(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<ResolveOptions>();
    auto* command = add_command(
        group, shell,
        {.name = "resolve",
         .what = "Say how an operation ended that the PSP does not answer for",
         .examples = "  florin operations resolve op_... --outcome declined --evidence 'dashboard: no such payment'\n"
                     "  florin operations resolve op_... --outcome approved --reference pi_... --evidence 'mail of "
                     "Stripe support, case 123' --force",
         .explanation = kExplanation},
        [&shell, options] {
            return on_loop(
                [&shell, options](auto executor) { return resolve(executor, shell.config(), *options, shell.json); });
        });
    command->add_option("id", options->id, "The operation's id, op_...")->required();
    command->add_option("--outcome", options->outcome, "approved, declined or not_executed")
        ->check(CLI::IsMember({"approved", "declined", "not_executed"}))
        ->required();
    command->add_option("--evidence", options->evidence, "How you know: 1 to 1000 characters")->required();
    command->add_option("--reference", options->reference, "The PSP's object: pi_... or re_...");
    command->add_option("--reason", options->reason, "With declined: the failure code, such as card_declined");
    command->add_flag("--force", options->force, "Your word counts where the PSP says nothing clear");
}

}  // namespace florin::cli
