#include "store/store_fixture.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/assert.hpp"
#include "postgres/migrations.hpp"

namespace florin::store::test {
namespace {

namespace fs = std::filesystem;

// Started by the first test that asks, stopped and removed at the end of the program.
struct MigratedCluster {
    MigratedCluster() : folder(make_folder()), cluster(postgres::EmbeddedCluster::start(folder / "c")) {
        boost::asio::io_context loop{1};
        std::exception_ptr failure;
        spawn(loop.get_executor(), migrate(loop.get_executor(), cluster.urls().owner),
              [&](std::exception_ptr thrown) { failure = thrown; });
        loop.run();
        if (failure) std::rethrow_exception(failure);
    }
    ~MigratedCluster() {
        cluster.stop();
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    static fs::path make_folder() {
        std::string name = "/tmp/fs-XXXXXX";
        FLORIN_ASSERT(::mkdtemp(name.data()));
        fs::permissions(name, fs::perms(0755));  // PostgreSQL runs as another user when the tests run as root
        return name;
    }
    static Task<void> migrate(boost::asio::any_io_executor executor, std::string url) {
        auto owner = co_await postgres::Connection::open(executor, std::move(url), soon());
        co_await postgres::migrate(*owner, soon());
    }
    fs::path folder;
    postgres::EmbeddedCluster cluster;
};

MigratedCluster& migrated() {
    static MigratedCluster cluster;
    return cluster;
}

// In commit order: by link, then by place in the link, then by line.
constexpr const char* kWrongBalanceAfter = R"sql(
    with walked as (
        select e.balance_after, sum(e.amount) over (partition by e.account_id, e.writer
            order by r.link, array_position(c.operation_ids, e.operation_id), e.kind, e.line) as expected
        from ledger_entries e join operation_results r using (operation_id, attempt)
        join chain_links c on c.writer = r.writer and c.link = r.link)
    select count(*) from walked where balance_after <> expected
)sql";

constexpr const char* kWrongBalance = R"sql(
    select count(*) from ledger_balances b where balance <> (
        select coalesce(sum(amount), 0) from ledger_entries e where e.account_id = b.account_id and e.writer = b.writer)
)sql";

constexpr const char* kBrokenChain = R"sql(
    select count(*) from chain_links c left join chain_links p on p.writer = c.writer and p.link = c.link - 1
    where c.previous <> coalesce(p.hash, decode(repeat('00', 32), 'hex')) or (p.link is null and c.link <> 1)
)sql";

// Of links that hold results only.
constexpr const char* kWrongHash = R"sql(
    select count(*) from chain_links c cross join lateral (
        select string_agg(r.digest, ''::bytea order by o.place) as digests, count(*) filter (where r.digest is null) as others
        from unnest(c.operation_ids, c.attempts, c.sequences) with ordinality as o(id, attempt, sequence, place)
        left join operation_results r on r.operation_id = o.id and r.attempt = o.attempt and r.version = o.sequence) d
    where d.others = 0 and c.hash <> sha256(c.previous || d.digests)
)sql";

}  // namespace

const postgres::ClusterUrls& urls() {
    return migrated().cluster.urls();
}

std::string server_log() {
    std::ifstream file(migrated().cluster.log_file());
    return {std::istreambuf_iterator<char>(file), {}};
}

Task<std::vector<Taken>> take_due(Store& store, ledger::PspAccount account, int limit) {
    Store::Due due{.account = account, .operations = co_await store.find_due(account, limit, soon()), .limit = limit};
    co_return co_await store.take_due(std::move(due), kAges, kDurations, soon());
}

StoreTest::~StoreTest() = default;

void StoreTest::run_while(const std::size_t& left) {
    loop_.restart();
    while (left > 0 && loop_.run_one() > 0) {
    }
    ASSERT_EQ(left, 0U) << "the loop ran out of work while somebody waited";
}

void StoreTest::wait(Task<void> task) {
    std::exception_ptr failure;
    std::size_t left = 1;
    spawn(loop_.get_executor(), std::move(task), [&](std::exception_ptr thrown) {
        failure = thrown;
        --left;
    });
    run_while(left);
    if (failure) std::rethrow_exception(failure);
}

std::unique_ptr<Store> StoreTest::another_store(StoreOptions options) {
    if (options.conninfo.empty()) options.conninfo = urls().application;
    auto store = std::make_unique<Store>(loop_.get_executor(), std::move(options));
    wait(store->start(soon()));
    return store;
}

Store& StoreTest::store() {
    if (!store_) store_ = another_store();
    return *store_;
}

ConnectionPtr StoreTest::connect(const std::string& url) {
    return wait(postgres::Connection::open(loop_.get_executor(), url, soon()));
}

postgres::Rows StoreTest::query(std::string sql, postgres::Params params) {
    if (!admin_) admin_ = connect();
    return wait(admin_->query(std::move(sql), std::move(params), soon()));
}

std::int64_t StoreTest::count(std::string sql) {
    return query(std::move(sql))[0].int8(0);
}

std::string StoreTest::refusal_of(std::string sql, const std::string& url) {
    auto connection = connect(url);
    try {
        wait(connection->run(std::move(sql), soon()));
    } catch (const postgres::SqlError& error) {
        return error.sqlstate();
    }
    return "";
}

void StoreTest::expect_exact_books() {
    EXPECT_EQ(count(kWrongBalanceAfter), 0);
    EXPECT_EQ(count(kWrongBalance), 0);
    EXPECT_EQ(count(kBrokenChain), 0);
    EXPECT_EQ(count(kWrongHash), 0);
}

payments::Payment StoreTest::stored(PaymentId id) {
    const auto payment = wait(store().find_payment(merchant_, false, id, soon()));
    FLORIN_ASSERT(payment);
    return *payment;
}

Operation StoreTest::new_sale(std::int64_t amount) {
    return make_sale(merchant_, amount);
}

Operation StoreTest::open_sale(std::int64_t amount) {
    Operation sale = new_sale(amount);
    EXPECT_TRUE(won(wait(store().commit(intent_of(sale), soon()))));
    return sale;
}

payments::Payment StoreTest::captured_payment(std::int64_t amount) {
    const Settlement settlement = approved(open_sale(amount));
    EXPECT_EQ(settle(settlement), SettlementResult::won);
    return settlement.step.payment;
}

payments::Payment StoreTest::authorized_payment(std::int64_t amount) {
    const Operation authorization = make_authorization(merchant_, amount);
    EXPECT_TRUE(won(wait(store().commit(intent_of(authorization), soon()))));
    const Settlement settlement = approved(authorization);
    EXPECT_EQ(settle(settlement), SettlementResult::won);
    return settlement.step.payment;
}

Operation StoreTest::open_modification(const payments::Payment& payment, payments::OperationKind kind,
                                       std::optional<std::int64_t> amount) {
    const auto wanted = reservation(payment, kind, amount);
    FLORIN_ASSERT(wanted);
    EXPECT_TRUE(won(wait(store().commit(*wanted, soon()))));
    return {wanted->payment, wanted->attempt, wanted->key};
}

}  // namespace florin::store::test
