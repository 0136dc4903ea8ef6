// L-09: random operations on the payments of fifty merchants in twelve currencies, with overlap, declines, repeats and
// successes taken back, against plain sums: limits, reservations, status and books after each one. FLORIN_SEED repeats
// a run, FLORIN_OPERATIONS sets its length (100,000; 1,000,000 by hand).
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "ledger/journal.hpp"
#include "payments/modification.hpp"
#include "payments/payment_fixture.hpp"

namespace florin {
namespace {

using namespace payments;
using enum OperationKind;

constexpr std::size_t kMerchants = 50;
constexpr std::size_t kPayments = 400;  // alive at a time
const ledger::PspAccount kPsp{"stripe", "main", false};

unsigned long from_environment(const char* name, unsigned long otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

// A payment and, beside it, the operations that led to it: the model is their sums.
struct Life {
    Payment payment;
    std::vector<Attempt> open{}, succeeded{}, reversed{};
    std::int64_t memo = 0;   // on the PSP's memo account
    std::int64_t taken = 0;  // on what the PSP owes and keeps

    std::int64_t sum(const std::vector<Attempt>& list, std::initializer_list<OperationKind> kinds) const {
        std::int64_t total = 0;
        for (const auto& one : list) total += std::ranges::count(kinds, one.kind) * one.amount.minor_units();
        return total;
    }
    std::int64_t releases(const std::vector<Attempt>& list) const {
        std::int64_t total = 0;
        for (const auto& one : list) total += one.parameters.releases;
        return total;
    }
};

class Market {
public:
    explicit Market(unsigned long seed) : dice_(seed) {
        for (std::size_t i = 0; i < kMerchants; ++i) merchants_.push_back(make<MerchantId>());
        for (std::size_t i = 0; i < kPayments; ++i) lives_.push_back(begin());
    }

    // One operation; the payment that it was asked of must agree with its model.
    void play() {
        Life& life = lives_[below(lives_.size())];
        const auto what = below(100);
        if (what < 3) {
            life = begin();
        } else if (what < 45 || life.open.empty()) {
            ask(life);
        } else if (what < 95) {
            settle(life, below(life.open.size()));
        } else {
            take_back(life);
        }
        expect_sound(life);
    }
    void expect_books() const {
        std::map<std::string_view, std::int64_t> sums;
        for (const auto& [account, balance] : balances_)
            sums[std::string_view(account).substr(account.size() - 3)] += balance;
        EXPECT_EQ(sums.size(), kCurrencies.size());
        for (const auto& [currency, sum] : sums) EXPECT_EQ(sum, 0) << currency;
    }
    const std::set<std::string>& seen() const { return seen_; }

private:
    static constexpr auto kCurrencies = std::to_array<std::string_view>(
        {"USD", "EUR", "GBP", "JPY", "KRW", "CHF", "SEK", "KWD", "BHD", "AUD", "CLF", "MXN"});

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(dice_); }
    template <class T>
    static T make() {
        return T::make(WallTime{}, Bucket{7}, false);
    }

    Payment new_payment() {
        const auto currency = Currency::parse(kCurrencies[below(kCurrencies.size())]).value();
        Payment payment = payment_of(Money(static_cast<std::int64_t>(below(1'000'000) + 1), currency));
        payment.merchant = merchants_[below(kMerchants)];
        payment.capture = below(3) == 0;
        return payment;
    }

    Life begin() {
        Life life{.payment = new_payment()};
        const bool multiple = !life.payment.capture && below(2) == 0;
        const auto attempt = attempt_of(life.payment, life.payment.capture ? sale : authorize,
                                        life.payment.amount.minor_units(), {.multiple_captures = multiple});
        Judgement approved = judged(Outcome::approved);
        approved.psp_reference = "pi_1";
        approved.capture_before = WallTime{};
        approved.multiple_captures = true;
        life.payment = apply(life.payment, attempt, approved, WallTime{}).payment;
        book(life, attempt);
        return life;
    }

    void ask(Life& life) {
        constexpr auto kKinds = std::to_array({capture, capture, capture, refund, refund, refund, void_, expire});
        ModificationRequest request{.kind = kKinds[below(kKinds.size())]};
        const auto& amounts = life.payment.amounts;
        const auto limit = request.kind == capture ? amounts.held() : amounts.captured - amounts.refunded;
        if ((request.kind == capture || request.kind == refund) && below(5) != 0)
            request.amount = static_cast<std::int64_t>(below(static_cast<std::size_t>(limit + limit / 8 + 2))) + 1;
        if (request.kind == capture && below(3) == 0) request.final = below(2) == 0;
        auto decision = decide(life.payment, request);
        if (auto* reserved = std::get_if<Reserved>(&decision)) {
            life.open.push_back(
                attempt_of(life.payment, request.kind, reserved->amount.minor_units(), reserved->parameters));
            life.payment = reserved->payment;
        }
        seen_.insert(std::string(to_string(request.kind)) + (decision.index() == 0   ? " reserved"
                                                             : decision.index() == 1 ? " busy"
                                                                                     : " refused"));
    }

    void settle(Life& life, std::size_t index) {
        const Attempt attempt = life.open[index];
        const Judgement judgement = judged(static_cast<Outcome>(below(6)));
        if (judgement.outcome == Outcome::action_required) return;  // no payer stands behind these
        life.payment = apply(life.payment, attempt, judgement, WallTime{}).payment;
        if (!closes_attempt(judgement.outcome)) return;
        life.open.erase(life.open.begin() + static_cast<std::ptrdiff_t>(index));
        if (judgement.outcome != Outcome::approved) return;
        life.succeeded.push_back(attempt);
        book(life, attempt);
    }

    void take_back(Life& life) {
        if (life.succeeded.empty()) return;
        const auto index = below(life.succeeded.size());
        const Attempt failed = life.succeeded[index];
        if (failed.kind != capture && failed.kind != refund) return;
        const auto decision = reverse(life.payment, failed);
        const auto* reversed = std::get_if<Reserved>(&decision);
        if (reversed == nullptr) return;
        auto attempt = attempt_of(life.payment, failed.kind == capture ? capture_failure : refund_failure,
                                  reversed->amount.minor_units(), reversed->parameters);
        life.payment = apply(life.payment, attempt, judged(Outcome::approved), WallTime{}).payment;
        life.reversed.push_back(failed);
        seen_.insert(std::string(to_string(attempt.kind)));
        for (auto& journal : journals_of(life.payment, failed)) {
            if (journal.kind != ledger::JournalKind::release)
                post(life, ledger::reversal_journal(ledger::JournalKind::refund_reversal, std::move(journal.lines)));
        }
        if (failed.kind == capture) post(life, *ledger::authorization_journal(hold(life.payment, failed.amount)));
    }

    static ledger::Hold hold(const Payment& payment, Money amount) {
        return {.psp = kPsp, .merchant = payment.merchant, .amount = amount};
    }
    static std::vector<ledger::Journal> journals_of(const Payment& payment, const Attempt& attempt) {
        const auto captured = [&] {
            return *ledger::capture_journal({.psp = kPsp,
                                             .merchant = payment.merchant,
                                             .gross = attempt.amount,
                                             .expected_psp_fee = {140, 25},
                                             .platform_fee = {290, 30}});
        };
        const auto released = [&] {
            return *ledger::release_journal(
                hold(payment, *add(attempt.amount, Money(attempt.parameters.releases, attempt.amount.currency()))));
        };
        if (attempt.kind == sale) return {captured()};
        if (attempt.kind == authorize) return {*ledger::authorization_journal(hold(payment, attempt.amount))};
        if (attempt.kind == capture) return {captured(), released()};
        if (attempt.kind == refund)
            return {*ledger::refund_journal({.psp = kPsp, .merchant = payment.merchant, .amount = attempt.amount})};
        return {released()};
    }

    void book(Life& life, const Attempt& attempt) {
        for (const auto& journal : journals_of(life.payment, attempt)) post(life, journal);
    }
    void post(Life& life, const ledger::Journal& journal) {
        EXPECT_TRUE(ledger::is_balanced(journal));
        for (const auto& line : journal.lines) {
            balances_[line.account.path] += line.amount;
            if (line.account.merchant || !line.account.path.contains(":psp:")) continue;
            (line.account.path.contains(":authorized:") ? life.memo : life.taken) += line.amount;
        }
    }

    void expect_sound(const Life& life) const {
        const auto& a = life.payment.amounts;
        ASSERT_TRUE(a.within_limits());
        const auto first = life.payment.capture ? life.payment.amount.minor_units() : 0;
        ASSERT_EQ(a.authorized, life.payment.amount.minor_units());
        ASSERT_EQ(a.captured, first + life.sum(life.succeeded, {capture}) - life.sum(life.reversed, {capture}));
        ASSERT_EQ(a.refunded, life.sum(life.succeeded, {refund}) - life.sum(life.reversed, {refund}));
        ASSERT_EQ(a.voided, life.sum(life.succeeded, {void_}) + life.releases(life.succeeded));
        ASSERT_EQ(a.expired, life.sum(life.succeeded, {expire}));
        ASSERT_EQ(a.capturing, life.sum(life.open, {capture}));
        ASSERT_EQ(a.refunding, life.sum(life.open, {refund}));
        ASSERT_EQ(a.voiding, life.sum(life.open, {void_, expire}) + life.releases(life.open));
        ASSERT_EQ(life.memo, life.payment.capture ? 0 : a.held());
        ASSERT_EQ(life.taken, a.captured - a.refunded);
        ASSERT_EQ(life.payment.status, derive_status(a, AttemptState::succeeded));
    }

    std::mt19937_64 dice_;
    std::vector<MerchantId> merchants_;
    std::vector<Life> lives_;
    std::map<std::string, std::int64_t> balances_;
    std::set<std::string> seen_;
};

TEST(RandomOperations, l_09_limits_reservations_and_books_hold_after_each_one) {
    const auto seed = from_environment("FLORIN_SEED", std::random_device()());
    const auto operations = from_environment("FLORIN_OPERATIONS", 100'000);
    SCOPED_TRACE("FLORIN_SEED=" + std::to_string(seed));
    Market market(seed);
    for (unsigned long i = 0; i < operations && !testing::Test::HasFailure(); ++i) market.play();
    market.expect_books();
    for (const auto* what :
         {"capture reserved", "capture busy", "capture refused", "void reserved", "void busy", "void refused",
          "refund reserved", "refund busy", "refund refused", "expire reserved", "capture_failure", "refund_failure"})
        EXPECT_TRUE(market.seen().contains(what)) << what << " never happened: this run shows less than it says";
}

}  // namespace
}  // namespace florin
