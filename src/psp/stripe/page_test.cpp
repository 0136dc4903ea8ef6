// docs/psp-stripe.md shows this adapter's tables: each is drawn here and must stand on the page line by line.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>

#include "psp/stripe/adapter.hpp"
#include "psp/stripe/rules.hpp"

namespace florin::psp::stripe {
namespace {

using namespace std::chrono_literals;
using payments::OperationKind;

std::string as_time(Milliseconds time) {
    if (time >= 48h) return fmt::format("{} d", time / 24h);
    if (time >= 1h) return fmt::format("{} h", time / 1h);
    return fmt::format("{} s", time / 1s);
}

std::string order_of(const Rules& rules) {
    std::string order;
    for (const auto proof : rules.proofs) order += (order.empty() ? "" : ", ") + std::string(to_string(proof));
    return order;
}

std::string yes_or_no(bool yes) {
    return yes ? "yes" : "no";
}

std::string facts() {
    const StripeOptions options;
    const auto stripe = stripe_rules({.read_lag = options.read_lag, .refund_looks = options.refund_looks});
    const auto stand_in = stripe_rules({.read_lag = options.read_lag, .stores_errors = false});
    std::string looks;
    for (const auto look : stripe.refund_looks) looks += (looks.empty() ? "" : ", ") + as_time(look);
    std::string table = "| fact | Stripe | stand-in with `stores_errors = false` |\n|---|---|---|\n";
    const auto row = [&](std::string_view name, const std::string& one, const std::string& other) {
        table += fmt::format("| {} | {} | {} |\n", name, one, other);
    };
    const auto time = [&](std::string_view name, Milliseconds Rules::* fact) {
        row(name, as_time(stripe.*fact), as_time(stand_in.*fact));
    };
    row("order of proofs", order_of(stripe), order_of(stand_in));
    row("errors are stored under their key", yes_or_no(stripe.stores_errors), yes_or_no(stand_in.stores_errors));
    row("repeats are safe", yes_or_no(stripe.repeats_are_safe()), yes_or_no(stand_in.repeats_are_safe()));
    time("life of a key", &Rules::key_life);
    time("safe age of a repeat", &Rules::safe_age);
    time("longest life of a request", &Rules::longest_request);
    time("read lag, unless configured", &Rules::read_lag);
    time("clock error", &Rules::clock_error);
    time("longest settlement time", &Rules::longest_settlement);
    row("a refund is looked at again after, unless configured", looks, "as configured");
    return table;
}

std::string_view shown(LookUp where) {
    switch (where) {
        case LookUp::intents_list:
            return "`GET /v1/payment_intents`, by time of creation";
        case LookUp::refunds_list:
            return "`GET /v1/refunds`, by payment, or by time of creation for several payments";
        case LookUp::intent:
            return "`GET /v1/payment_intents/<id>`: amounts, status and marks in its metadata";
    }
    return "";
}

std::string look_ups() {
    std::string table = "| operation | searched for in |\n|---|---|\n";
    for (const auto kind : {OperationKind::sale, OperationKind::authorize, OperationKind::capture, OperationKind::void_,
                            OperationKind::expire, OperationKind::refund}) {
        table += fmt::format("| {} | {} |\n", payments::to_string(kind), shown(look_up_of(kind)));
    }
    return table;
}

std::string_view shown(Refusal refusal) {
    switch (refusal) {
        case Refusal::credentials:
            return "refused before execution: credentials";
        case Refusal::rate:
            return "refused before execution: rate";
        case Refusal::content:
            return "the content";
        case Refusal::state:
            return "the state";
        case Refusal::unclear:
            return "unclear";
    }
    return "";
}

std::string refusal_table(std::span<const RefusalRow> rows) {
    std::string table = "| HTTP | code | param | refused by | shown as |\n|---|---|---|---|---|\n";
    const auto word = [](std::string_view text) { return text.empty() ? "none" : fmt::format("`{}`", text); };
    for (const auto& row : rows) {
        const auto param = row.param == "*" ? std::string("any") : word(row.param);
        const auto as = row.meaning.normalised.empty() ? std::string() : word(row.meaning.normalised);
        table += fmt::format("| {} | {} | {} | {} | {} |\n", row.status, word(row.code), param,
                             shown(row.meaning.refusal), as);
    }
    return table;
}

std::string outcomes() {
    using Kind = Answer::Kind;
    struct Row {
        std::string_view name;
        Kind kind;
        payments::DeclineClass type = payments::DeclineClass::soft;
        bool confirmed = false;
    };
    constexpr auto kInvalid = payments::DeclineClass::invalid_request;
    std::string table = "| answer | of the first and only call | of any other |\n|---|---|---|\n";
    for (const auto& row : std::to_array<Row>({{"success", Kind::approved},
                                               {"declined by the issuer", Kind::declined},
                                               {"refused by content or state", Kind::declined, kInvalid},
                                               {"the same, and the object agrees", Kind::declined, kInvalid, true},
                                               {"the payer must act", Kind::action_required},
                                               {"Stripe works on it", Kind::accepted},
                                               {"no byte was sent", Kind::refused_unsent},
                                               {"refused before execution", Kind::refused_before_execution},
                                               {"anything else", Kind::unclear}})) {
        Answer answer;
        answer.kind = row.kind;
        answer.reference = "pi_1";
        answer.confirmed = row.confirmed;
        if (row.kind == Kind::declined) answer.decline = payments::Decline{.type = row.type, .code = {}, .reason = {}};
        table += fmt::format("| {} | `{}` | `{}` |\n", row.name, payments::to_string(judge(answer, true).outcome),
                             payments::to_string(judge(answer, false).outcome));
    }
    return table;
}

TEST(Page, of_stripe_shows_the_tables_of_the_code) {
    std::ifstream file(FLORIN_SOURCE_DIR "/docs/psp-stripe.md");
    ASSERT_TRUE(file);
    const std::string page(std::istreambuf_iterator<char>(file), {});
    for (const auto& table :
         {facts(), look_ups(), outcomes(), refusal_table(refusals_by_state()), refusal_table(refusals())}) {
        EXPECT_NE(page.find("\n\n" + table + "\n"), std::string::npos) << "docs/psp-stripe.md lacks:\n" << table;
    }
}

}  // namespace
}  // namespace florin::psp::stripe
