#include "postgres/settings.hpp"

#include "postgres/postgres_fixture.hpp"

namespace florin::postgres {
namespace {

class Settings : public test::OnLoop {
protected:
    std::vector<std::string> problems(const std::string& url = test::cluster().urls().application) {
        auto connection = connect(url);
        return wait(unsafe_settings(*connection, test::soon()));
    }
    // Sets it for the whole server and waits until a new session sees it.
    void alter(const std::string& change, const std::string& name, const std::string& value) {
        auto admin = connect();
        run(*admin, "ALTER SYSTEM " + change);
        run(*admin, "SELECT pg_reload_conf()");
        const auto ask = "SELECT reset_val FROM pg_settings WHERE name = '" + name + "'";
        ASSERT_TRUE(test::eventually([&] { return query(*connect(), ask)[0].text(0) == value; }));
    }
};

TEST_F(Settings, the_embedded_cluster_is_safe) {
    EXPECT_TRUE(problems().empty());
}

TEST_F(Settings, what_could_lose_a_payment_is_named_with_its_mend) {
    struct Case {
        const char* name;
        const char* sentence;
    };
    for (const auto& expected : std::initializer_list<Case>{
             {"fsync",
              "fsync is off: a power failure would lose acknowledged payments; set fsync = on in postgresql.conf and "
              "reload "
              "the server."},
             {"full_page_writes",
              "full_page_writes is off: a power failure could tear pages; set full_page_writes = on in postgresql.conf "
              "and "
              "reload the server."},
             {"synchronous_commit",
              "synchronous_commit is off: a crash would lose acknowledged payments; set synchronous_commit = on in "
              "postgresql.conf, or with ALTER ROLE or ALTER DATABASE where it was changed."},
         }) {
        const std::string name = expected.name;
        alter("SET " + name + " = off", name, "off");
        EXPECT_EQ(problems(), std::vector<std::string>{expected.sentence});
        alter("RESET " + name, name, "on");
    }
    EXPECT_TRUE(problems().empty());
}

TEST_F(Settings, a_role_with_a_weaker_default_is_found_although_the_session_pins_its_own) {
    auto admin = connect();
    run(*admin, "ALTER ROLE florin_app SET synchronous_commit = local");
    const auto found = problems();
    run(*admin, "ALTER ROLE florin_app RESET synchronous_commit");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_TRUE(found.front().starts_with("synchronous_commit is local"));
    EXPECT_TRUE(problems(test::cluster().urls().application + "&options=-csynchronous_commit%3Dremote_apply").empty());
}

TEST_F(Settings, a_read_only_server_is_refused) {
    const auto found = problems(test::cluster().urls().application + "&options=-cdefault_transaction_read_only%3Don");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_TRUE(found.front().starts_with("default_transaction_read_only is on"));
}

}  // namespace
}  // namespace florin::postgres
