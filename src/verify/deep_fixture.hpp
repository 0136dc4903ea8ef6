// For tests: the world of world.sql in a database of its own, and a PSP that holds just what its books say.
#pragma once

#include "verify/deep.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "postgres/migrations.hpp"
#include "postgres/postgres_fixture.hpp"
#include "verify/deep_checks.hpp"

namespace florin::verify::fixture {

using postgres::test::cluster;
using postgres::test::soon;
using psp::Listed;

inline constexpr const char* kWorld =
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
    Task<psp::Sweep> look_up(psp::LookUp, Deadline) override { co_return psp::Sweep(); }
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

inline constexpr const char* kHonestPayments = R"sql(
select p.psp_reference, p.id, r.operation_id, r.attempt, p.currency, p.amount, p.authorized - p.captured - p.voided - p.expired,
       p.captured
from payments p join psp_references r on r.psp_reference = p.psp_reference order by p.id desc
)sql";
inline constexpr const char* kHonestRefunds = R"sql(
select r.psp_reference, p.psp_reference, p.id, r.operation_id, r.attempt, p.currency, o.amount,
       case when v.operation_id is null then o.amount else 0 end
from psp_references r
join payments p on p.id = r.payment_id
join operations o on o.payment_id = p.id and o.operation_id = r.operation_id and o.attempt = r.attempt and o.kind = 'refund'
left join operation_reversals v on v.operation_id = r.operation_id
order by r.operation_id desc
)sql";

inline std::string words(const DeepReport& report) {
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

}  // namespace florin::verify::fixture
