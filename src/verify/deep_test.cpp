// `florin verify --deep` on the world of world.sql and a PSP that holds just what its books say: clean as it is, and
// each planted disagreement named.
#include "verify/deep.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/hash.hpp"
#include "postgres/migrations.hpp"
#include "postgres/postgres_fixture.hpp"
#include "verify/deep_checks.hpp"

namespace florin::verify {
namespace {

using postgres::test::cluster;
using postgres::test::soon;
using psp::Listed;

constexpr const char* kWorld =
#include "verify/stories.sql"
#include "verify/world.sql"
    ;

// Lists what it is given, three objects a page, the first one twice as a list does that moves meanwhile.
class ListingPsp final : public psp::Psp {
public:
    std::vector<Listed> payments, refunds;
    int failures = 0;  // of the next pages

    const psp::Rules& rules() const override { return rules_; }
    const std::string& account() const override { return account_; }
    Checked<psp::Event> read_event(std::string_view) const override { return refuse(Error::malformed_json, ""); }
    Task<psp::Answer> execute(psp::Call, Deadline) override { co_return psp::Answer(); }
    Task<psp::Answer> read(std::string, psp::Call, Deadline) override { co_return psp::Answer(); }
    Task<psp::Sweep> look_up(WallTime, WallTime, std::vector<psp::Call>, Deadline) override { co_return psp::Sweep(); }
    Task<psp::Answer> abandon(std::string, psp::Call, Deadline) override { co_return psp::Answer(); }
    Task<std::expected<psp::ListedPage, std::string>> list(psp::ListQuery query, Deadline) override {
        if (failures > 0 && failures-- > 0) co_return std::unexpected("HTTP 429");
        const auto& all = query.of == psp::ListQuery::Of::payments ? payments : refunds;
        const auto at = query.after.empty() ? std::size_t{0} : std::stoul(query.after);
        psp::ListedPage page;
        const auto end = std::min(at + 3, all.size());
        for (auto i = at == 0 ? at : at - 1; i < end; ++i) page.objects.push_back(all[i]);
        if (end < all.size()) page.next = std::to_string(end);
        co_return page;
    }

private:
    psp::Rules rules_{.name = "stripe",
                      .safe_age = {},
                      .longest_request = {},
                      .read_lag = Milliseconds(0),
                      .clock_error = Milliseconds(0)};
    std::string account_ = "main";
};

constexpr const char* kHonestPayments = R"sql(
select p.psp_reference, p.id, r.operation_id, r.attempt, p.currency, p.amount, p.authorized - p.captured - p.voided - p.expired,
       p.captured
from payments p join psp_references r on r.psp_reference = p.psp_reference order by p.id desc
)sql";
constexpr const char* kHonestRefunds = R"sql(
select r.psp_reference, p.psp_reference, p.id, r.operation_id, r.attempt, p.currency, o.amount,
       case when v.operation_id is null then o.amount else 0 end
from psp_references r
join payments p on p.id = r.payment_id
join operations o on o.payment_id = p.id and o.operation_id = r.operation_id and o.attempt = r.attempt and o.kind = 'refund'
left join operation_reversals v on v.operation_id = r.operation_id
order by r.operation_id desc
)sql";

std::string words(const DeepReport& report) {
    std::string out;
    for (const auto& finding : report.findings) {
        out += fmt::format("{} | {} | {}\n", finding.check, finding.row, finding.detail);
    }
    return out;
}

// A database of its own in the cluster of the program, made once.
class VerifyDeep : public postgres::test::OnLoop {
protected:
    void SetUp() override {
        static bool made = false;
        if (!std::exchange(made, true)) run(*connect(), "create database deep owner florin_owner");
        admin_ = connect(url_of(cluster().urls().admin));
        if (query(*admin_, "select to_regnamespace('world') is null")[0].boolean(0)) wait(make_world());
        read_books();
    }
    static std::string url_of(std::string url) { return url.replace(url.find("/florin?"), 8, "/deep?"); }
    Task<void> make_world() {
        auto owner = co_await postgres::Connection::open(loop_.get_executor(), url_of(cluster().urls().owner), soon());
        co_await postgres::migrate(*owner, soon());
        co_await admin_->run(kWorld, soon());
        co_await admin_->run("call world.make(16, 4); update payments set psp_account = 'main'", soon());
    }
    void read_books() {
        const auto payments = query(*admin_, kHonestPayments);
        for (int i = 0; i < payments.size(); ++i) {
            const auto row = payments[i];
            psp_.payments.push_back({.reference = std::string(row.text(0)),
                                     .payment = PaymentId(row.uuid(1)),
                                     .operation = OperationId(row.uuid(2)),
                                     .attempt = row.int2(3),
                                     .currency = Currency::parse(row.text(4)),
                                     .amount = row.int8(5),
                                     .held = row.int8(6),
                                     .moved = row.int8(7)});
        }
        const auto refunds = query(*admin_, kHonestRefunds);
        for (int i = 0; i < refunds.size(); ++i) {
            const auto row = refunds[i];
            psp_.refunds.push_back({.reference = std::string(row.text(0)),
                                    .payment_reference = std::string(row.text(1)),
                                    .payment = PaymentId(row.uuid(2)),
                                    .operation = OperationId(row.uuid(3)),
                                    .attempt = row.int2(4),
                                    .currency = Currency::parse(row.text(5)),
                                    .amount = row.int8(6),
                                    .moved = row.int8(7)});
        }
    }
    // As the owner of the schema, which is what the command uses.
    DeepReport look(std::optional<std::filesystem::path> acks = {}) {
        auto owner = connect(url_of(cluster().urls().owner));
        DeepOptions options{.since = WallTime(), .acks = std::move(acks), .pages_per_second = 100'000};
        return wait(verify_deep(*owner, {{.psp = &psp_}}, std::move(options), soon()));
    }
    Listed& payment(const std::string& reference) { return find(psp_.payments, reference); }
    Listed& refund(const std::string& reference) { return find(psp_.refunds, reference); }
    static Listed& find(std::vector<Listed>& all, const std::string& reference) {
        const auto found = std::ranges::find(all, reference, &Listed::reference);
        if (found == all.end()) throw std::runtime_error("the world has no " + reference);
        return *found;
    }
    void alter(const std::string& sql) {
        run(*admin_, "begin; set local session_replication_role = replica;" + sql + "; commit");
    }
    void expect(std::string_view check, std::string_view row, std::string_view detail) {
        const auto report = look();
        const bool named = std::ranges::any_of(report.findings, [&](const DeepFinding& finding) {
            return finding.check == check && finding.row.contains(row) && finding.detail.contains(detail) &&
                   !finding.advice.empty();
        });
        EXPECT_TRUE(named) << "expected: " << check << " | " << row << " | " << detail << '\n' << words(report);
        seen().emplace(check);
    }
    static std::set<std::string>& seen() {
        static std::set<std::string> names;
        return names;
    }
    std::int64_t counted(const DeepReport& report, std::string_view what) {
        const auto found = std::ranges::find(report.counted, what, [](const auto& entry) { return entry.first; });
        return found == report.counted.end() ? -1 : found->second;
    }

    postgres::test::ConnectionPtr admin_;
    ListingPsp psp_;
};

TEST_F(VerifyDeep, an_honest_psp_agrees_and_what_is_open_is_told_not_blamed) {
    const auto report = look();
    EXPECT_EQ(words(report), "");
    EXPECT_EQ(counted(report, "payments at the PSP"), static_cast<std::int64_t>(psp_.payments.size()));
    EXPECT_EQ(counted(report, "payments in the books"), 16);
    EXPECT_EQ(counted(report, "open"), 3);
    EXPECT_EQ(counted(report, "compared"), 13);
    ASSERT_EQ(report.open.size(), 3U);
    EXPECT_NE(report.open[1].second.find("capture of 4000"), std::string::npos) << report.open[1].second;
}

TEST_F(VerifyDeep, two_standing_charges_of_one_payment_are_named) {
    auto other = payment("pi_1");
    other.reference = "pi_other";
    psp_.payments.push_back(other);
    expect("charged_twice", "00010000", "2 charges stand at once: pi_1 with 10000");
    expect("conserved", "EUR", "at the PSP");
}

TEST_F(VerifyDeep, a_second_charge_that_was_given_back_stands_no_more) {
    auto other = payment("pi_1");
    other.reference = "pi_other";
    psp_.payments.push_back(other);
    auto back = refund("re_16_2");
    back.reference = "re_other";
    back.payment_reference = "pi_other";
    back.operation = OperationId(query(*admin_, "select world.id(1, 9)")[0].uuid(0));
    back.payment = other.payment;
    back.amount = back.moved = other.moved;
    psp_.refunds.push_back(back);
    EXPECT_EQ(words(look()).find("charged_twice"), std::string::npos);
}

TEST_F(VerifyDeep, an_operation_that_gave_back_twice_is_named) {
    auto again = refund("re_7_3");
    again.reference = "re_again";
    psp_.refunds.push_back(again);
    expect("refunded_twice", "00070003", "gave back 2 times: re_7_3 with 2000");
    expect("refunded", "00070000", "refunded are 6000 EUR in the books and 8000");
}

TEST_F(VerifyDeep, a_charge_behind_a_failure_is_named) {
    payment("pi_3").moved = 333;
    expect("failed_but_charged", "00030001-1", "the books say declined; stripe pi_3 holds 0 and took 333");
    payment("pi_3").moved = 0;
    auto late = payment("pi_2");
    late.reference = "pi_late";
    late.attempt = 1;
    psp_.payments.push_back(late);
    expect("failed_but_charged", "00020001-1", "the books say not_executed");
}

TEST_F(VerifyDeep, a_charge_that_names_us_and_is_not_in_the_books_is_named) {
    auto lost = payment("pi_1");
    lost.reference = "pi_lost";
    lost.payment = PaymentId(query(*admin_, "select world.id(9999)")[0].uuid(0));
    psp_.payments.push_back(lost);
    expect("unknown_charge", "pi_lost", "which the books do not know");
}

TEST_F(VerifyDeep, charges_of_other_systems_are_counted_only) {
    auto foreign = payment("pi_1");
    foreign.reference = "pi_foreign";
    foreign.payment.reset();
    foreign.operation.reset();
    psp_.payments.push_back(foreign);
    const auto report = look();
    EXPECT_EQ(words(report), "");
    EXPECT_EQ(counted(report, "of other systems"), 1);
}

TEST_F(VerifyDeep, a_compensated_late_charge_that_still_stands_is_named) {
    auto late = payment("pi_2");
    late.reference = "pi_late";
    late.attempt = 1;
    psp_.payments.push_back(late);
    alter(
        "insert into late_charges (operation_id, attempt, payment_id, psp, psp_reference, compensated_by, created_at) "
        "values (world.id(2, 1), 1, world.id(2), 'stripe', 'pi_late', world.id(2, 8), now())");
    expect("late_charge", "00020001-1", "2500 JPY of it still stand");
    alter(
        "insert into standing_late_charges (operation_id, payment_id, psp, psp_account, opened_at, next_look) "
        "values (world.id(2, 8), world.id(2), 'stripe', 'main', now(), now())");
    const auto report = look();
    EXPECT_EQ(words(report), "") << "it is being undone";
    EXPECT_EQ(counted(report, "late charges being compensated"), 1);
    alter(
        "delete from late_charges where operation_id = world.id(2, 1); "
        "delete from standing_late_charges where operation_id = world.id(2, 8)");
}

TEST_F(VerifyDeep, other_amounts_than_asked_for_are_named) {
    payment("pi_6").amount += 1;
    expect("asked", "00060001-1", "is of 4001");
    payment("pi_6").amount -= 1;
    refund("re_7_3").amount += 1;
    expect("asked", "00070003-1", "is of 2001");
}

TEST_F(VerifyDeep, what_was_captured_more_or_less_or_for_nobody_is_named) {
    payment("pi_8").moved -= 1;
    expect("captured", "00080000", "captured are 3000 JPY in the books and 2999");
    payment("pi_8").moved += 1;
    const auto approved = OperationId(query(*admin_, "select world.id(8, 2)")[0].uuid(0));
    const auto declined = OperationId(query(*admin_, "select world.id(8, 3)")[0].uuid(0));
    payment("pi_8").captures = {{approved, 1000}};
    EXPECT_EQ(words(look()), "");
    payment("pi_8").captures = {{approved, 1001}};
    expect("captured", "00080002", "captured 1001 JPY for it; in the books it is approved with 1000");
    payment("pi_8").captures = {{declined, 1100}};
    expect("captured", "00080003", "in the books it is declined with 1100");
}

TEST_F(VerifyDeep, what_is_held_otherwise_is_named_and_a_hold_past_its_time_is_not) {
    payment("pi_6").held = 1;
    expect("held", "00060000", "held are 4000 USD in the books and 1");
    payment("pi_6").held = 0;
    EXPECT_EQ(words(look()), "") << "it ended in March, and the PSP let go";
}

TEST_F(VerifyDeep, refunds_that_are_missing_or_of_others_are_named) {
    std::erase_if(psp_.refunds, [](const Listed& listed) { return listed.reference == "re_7_3"; });
    expect("refunded", "00070000", "refunded are 6000 EUR in the books and 4000");
    auto manual = refund("re_7_5");
    manual.reference = "re_dashboard";
    manual.payment_reference = "pi_1";
    manual.payment.reset();
    manual.operation.reset();
    manual.amount = manual.moved = 77;
    psp_.refunds.push_back(manual);
    expect("refunded", "00010000 pi_1", "77 EUR were given back there by somebody else");
}

TEST_F(VerifyDeep, what_the_psp_lets_go_uncaptured_is_no_refund) {
    auto release = refund("re_7_5");
    release.reference = "re_release";
    release.payment.reset();
    release.operation.reset();
    release.amount = release.moved = 3000;
    psp_.refunds.push_back(release);
    EXPECT_EQ(words(look()), "");
}

TEST_F(VerifyDeep, a_payment_that_the_psp_does_not_list_is_named) {
    std::erase_if(psp_.payments, [](const Listed& listed) { return listed.reference == "pi_14"; });
    expect("missing", "00140000", "lists no pi_14");
}

TEST_F(VerifyDeep, what_cannot_be_read_is_named) {
    payment("pi_14").unreadable = "amount_received";
    expect("unreadable", "pi_14", "shows no amount_received that can be read");
}

TEST_F(VerifyDeep, sums_that_differ_are_named) {
    alter(
        "update ledger_entries set amount = amount + case line when 1 then 5 else -5 end "
        "where operation_id = world.id(1, 1) and line in (1, 3)");
    expect("conserved", "EUR", "in the ledger");
    alter(
        "update ledger_entries set amount = amount - case line when 1 then 5 else -5 end "
        "where operation_id = world.id(1, 1) and line in (1, 3)");
    EXPECT_EQ(words(look()), "");
}

TEST_F(VerifyDeep, what_changed_meanwhile_is_not_compared) {
    alter("update payments set updated_at = florin_now() + interval '1 hour' where id = world.id(14)");
    payment("pi_14").moved = 0;
    const auto report = look();
    EXPECT_EQ(words(report), "");
    EXPECT_EQ(counted(report, "changed meanwhile"), 1);
    alter("update payments set updated_at = created_at where id = world.id(14)");
}

TEST_F(VerifyDeep, a_page_is_asked_for_again_and_a_list_that_stays_unreadable_ends_the_check) {
    psp_.failures = 1;
    EXPECT_EQ(words(look()), "");
    auto owner = connect(url_of(cluster().urls().owner));
    psp_.failures = 1000;
    DeepOptions options{.since = WallTime(), .pages_per_second = 100'000};
    EXPECT_THROW(wait(verify_deep(*owner, {{.psp = &psp_}}, options, Deadline::after(Milliseconds(0)))),
                 std::exception);
}

class VerifyAcks : public VerifyDeep {
protected:
    std::string ack(const std::string& key, int status, const std::string& sha256, const std::string& payment) {
        return fmt::format(R"({{"key":"{}","status":{},"body_sha256":"{}","payment_id":"pay_{}","seen":"more"}})", key,
                           status, sha256, payment);
    }
    std::string of_world(const std::string& expression) {
        return std::string(query(*admin_, "select (" + expression + ")::text")[0].text(0));
    }
    std::string stored(int n, int operation) {
        return of_world(
            fmt::format("select encode(sha256(convert_to(body, 'UTF8')), 'hex') from operation_results "
                        "where operation_id = world.id({}, {}) order by attempt desc limit 1",
                        n, operation));
    }
    DeepReport look_at(const std::string& lines) {
        std::ofstream(folder_.path() / "acks.jsonl") << lines;
        return look(folder_.path() / "acks.jsonl");
    }
    void expect_ack(const std::string& lines, std::string_view check, std::string_view row) {
        const auto report = look_at(lines);
        const bool named = std::ranges::any_of(report.findings, [&](const DeepFinding& finding) {
            return finding.check == check && finding.row.contains(row);
        });
        EXPECT_TRUE(named) << check << " | " << row << '\n' << words(report);
        seen().emplace(check);
    }

    postgres::test::TemporaryFolder folder_;
};

TEST_F(VerifyAcks, answers_that_are_stored_agree_and_a_line_cut_off_at_the_end_is_none) {
    const auto report = look_at(ack("key-1-1", 200, stored(1, 1), of_world("world.id(1)")) + "\n" +
                                ack("key-3-1", 402, stored(3, 1), of_world("world.id(3)")) + "\n" +
                                ack("key-4-1", 202, std::string(64, '0'), of_world("world.id(4)")) + "\n{\"key\":\"ke");
    EXPECT_EQ(words(report), "");
    EXPECT_EQ(counted(report, "acknowledged answers"), 3);
}

TEST_F(VerifyAcks, a_lost_payment_a_lost_key_and_other_bytes_are_named) {
    const auto one = of_world("world.id(1)");
    expect_ack(ack("key-1-1", 200, stored(1, 1), of_world("world.id(777)")) + "\n", "ack_lost", "key-1-1");
    expect_ack(ack("key-gone", 202, stored(1, 1), one) + "\n", "ack_lost", "key-gone");
    expect_ack(ack("key-1-1", 200, std::string(64, 'a'), one) + "\n", "ack_bytes", "key-1-1");
    expect_ack(ack("key-1-1", 402, stored(1, 1), one) + "\n", "ack_bytes", "key-1-1");
    expect_ack(ack("key-4-1", 200, std::string(64, 'a'), of_world("world.id(4)")) + "\n", "ack_bytes", "key-4-1");
    const auto twice = ack("key-1-1", 200, stored(1, 1), one) + "\n" + ack("key-1-1", 200, stored(3, 1), one) + "\n";
    expect_ack(twice, "ack_differs", "key-1-1");
}

TEST_F(VerifyAcks, a_file_that_holds_no_answers_is_refused_by_its_line) {
    EXPECT_THROW(look_at("{\"key\":\"x\"}\n\n"), std::runtime_error);
    EXPECT_THROW(look(folder_.path() / "nowhere"), std::runtime_error);
}

// Runs last of its suite: gtest keeps the order of declaration.
TEST_F(VerifyAcks, every_check_was_seen_to_find_something) {
    for (const auto checks : {deep_checks(), ack_checks()}) {
        for (const auto& check : checks) EXPECT_TRUE(seen().contains(std::string(check.name))) << check.name;
    }
}

}  // namespace
}  // namespace florin::verify
