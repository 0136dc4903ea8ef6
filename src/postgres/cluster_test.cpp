// The life of an embedded cluster, crashes included. Each test has a folder and a cluster of its own.
#include "postgres/cluster.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "postgres/cluster_configuration.hpp"
#include "postgres/cluster_directory.hpp"
#include "postgres/cluster_start.hpp"
#include "postgres/postgres_fixture.hpp"
#include "postgres/postmaster.hpp"
#include "postgres/programs.hpp"

namespace florin::postgres {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string failure_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "no failure";
}

bool is_private(const fs::path& path) {
    constexpr auto others = fs::perms::group_all | fs::perms::others_all;
    return (fs::status(path).permissions() & others) == fs::perms::none;
}

// initdb takes a second, copying what it made does not: one cluster is made, each test gets a copy.
void copy_new_cluster(const fs::path& to) {
    static test::TemporaryFolder folder;
    static const auto made = [] {
        auto path = folder.path() / "made";
        EmbeddedCluster::start(path).stop();
        return path;
    }();
    ASSERT_EQ(std::system(("cp -a '" + made.string() + "' '" + to.string() + "'").c_str()), 0);
}

class ClusterTest : public test::OnLoop {
protected:
    EmbeddedCluster start() {
        if (!fs::exists(root_)) copy_new_cluster(root_);
        return EmbeddedCluster::start(root_);
    }
    void write_row(const EmbeddedCluster& cluster) {
        run(*connect(cluster.urls().owner), "CREATE TABLE kept (n int8); INSERT INTO kept VALUES (42)");
    }
    bool has_row(const EmbeddedCluster& cluster) {
        return query(*connect(cluster.urls().owner), "SELECT n FROM kept WHERE n = 42").size() == 1;
    }
    // What a florin that is killed leaves: a running postmaster whose parent is gone. Its process id.
    pid_t start_and_be_killed() {
        std::array<int, 2> pipe{};
        EXPECT_EQ(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto cluster = start();
            const pid_t pid = cluster.process_id();
            [[maybe_unused]] const auto written = ::write(pipe[1], &pid, sizeof pid);
            ::raise(SIGKILL);
        }
        ::close(pipe[1]);
        pid_t pid = 0;
        EXPECT_EQ(::read(pipe[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
        ::close(pipe[0]);
        ::waitpid(child, nullptr, 0);
        return pid;
    }

    test::TemporaryFolder folder_;
    fs::path root_ = folder_.path() / "c";
};

TEST_F(ClusterTest, a_second_start_finds_its_data_again) {
    {
        auto cluster = start();
        write_row(cluster);
        EXPECT_TRUE(cluster.is_running());
        cluster.stop();
        EXPECT_FALSE(cluster.is_running());
        EXPECT_TRUE(server_processes(root_ / "data").empty());
    }
    auto again = start();
    EXPECT_TRUE(has_row(again));
    EXPECT_FALSE(again.was_adopted());
}

TEST_F(ClusterTest, what_it_keeps_is_private_and_the_server_is_reached_by_socket_only) {
    auto cluster = start();
    for (const char* name : {"data", "socket", "secrets", "secrets/florin_app", "secrets/postgres", "postgres.log"}) {
        EXPECT_TRUE(is_private(root_ / name)) << name;
    }
    auto admin = connect(cluster.urls().admin);
    for (const auto& [setting, value] :
         std::initializer_list<std::pair<std::string, std::string>>{{"listen_addresses", ""},
                                                                    {"data_checksums", "on"},
                                                                    {"password_encryption", "scram-sha-256"},
                                                                    {"wal_compression", "lz4"},
                                                                    {"checkpoint_timeout", "30min"},
                                                                    {"server_encoding", "UTF8"}}) {
        EXPECT_EQ(query(*admin, "SHOW " + setting)[0].text(0), value) << setting;
    }
    const auto roles = query(*admin, "SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin");
    ASSERT_EQ(roles.size(), 1);
    EXPECT_THROW(run(*connect(cluster.urls().application), "CREATE TABLE mine (n int8)"), SqlError);
}

TEST_F(ClusterTest, the_log_holds_neither_statements_nor_values) {
    auto cluster = start();
    auto owner = connect(cluster.urls().owner);
    run(*owner, "CREATE TABLE t (name text PRIMARY KEY); INSERT INTO t VALUES ('tok_secret')");
    Params params;
    params.add("tok_secret");
    EXPECT_THROW(query(*owner, "INSERT INTO t VALUES ($1)", std::move(params)), SqlError);
    cluster.stop();
    std::ifstream file(cluster.log_file());
    const std::string log{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(log, HasSubstr("duplicate key"));
    EXPECT_EQ(log.find("tok_secret"), std::string::npos);
    EXPECT_EQ(log.find("INSERT"), std::string::npos);
}

TEST_F(ClusterTest, a_killed_postmaster_is_started_again_with_its_data) {
    {
        auto cluster = start();
        write_row(cluster);
        ::kill(cluster.process_id(), SIGKILL);
        EXPECT_TRUE(test::eventually([&] { return !cluster.is_running(); }));
    }
    EXPECT_TRUE(fs::exists(root_ / "data" / "postmaster.pid"));
    auto healed = start();
    EXPECT_TRUE(has_row(healed));
}

TEST_F(ClusterTest, the_postmaster_of_a_killed_florin_is_adopted_and_stopped) {
    const pid_t orphan = start_and_be_killed();
    {
        auto cluster = start();
        EXPECT_TRUE(cluster.was_adopted());
        EXPECT_EQ(cluster.process_id(), orphan);
        write_row(cluster);
        EXPECT_TRUE(has_row(cluster));
    }
    EXPECT_TRUE(server_processes(root_ / "data").empty());
}

TEST_F(ClusterTest, killed_together_they_are_healed) {
    ::kill(start_and_be_killed(), SIGKILL);
    auto cluster = start();
    EXPECT_FALSE(cluster.was_adopted());
    write_row(cluster);
}

TEST_F(ClusterTest, a_pid_file_that_names_somebody_elses_process_is_healed) {
    start().stop();
    // PostgreSQL itself sees through its parent and through processes of other users: this is neither.
    const pid_t stranger = spawn_process({.arguments = {"/bin/sleep", "60"},
                                          .user = database_user(root_ / "data"),
                                          .working_directory = "/",
                                          .output = root_ / "postgres.log"});
    std::ofstream(root_ / "data" / "postmaster.pid") << stranger << "\n" << (root_ / "data").string() << "\n";
    {
        auto cluster = start();
        EXPECT_FALSE(cluster.was_adopted());
        EXPECT_TRUE(cluster.is_running());
    }
    EXPECT_EQ(::kill(stranger, SIGKILL), 0);
    EXPECT_EQ(wait_for_exit(stranger), 128 + SIGKILL);
}

TEST_F(ClusterTest, a_second_florin_is_refused_and_told_who_holds_the_folder) {
    auto cluster = start();
    EXPECT_EQ(failure_of([&] { start(); }), "another florin (process " + std::to_string(::getpid()) +
                                                ") already uses " + root_.string() +
                                                ": stop it, or name another data directory");
    EXPECT_TRUE(cluster.is_running());
}

TEST_F(ClusterTest, a_half_made_data_directory_is_made_anew) {
    fs::create_directories(root_ / "data.new" / "base");
    auto cluster = start();
    EXPECT_TRUE(cluster.is_running());
    EXPECT_FALSE(fs::exists(root_ / "data.new"));
}

TEST_F(ClusterTest, a_lost_password_of_a_role_is_replaced_and_the_superusers_asked_for) {
    start().stop();
    fs::remove(root_ / "secrets" / "florin_app");
    auto cluster = start();
    EXPECT_TRUE(connect(cluster.urls().application)->is_usable());
    cluster.stop();
    fs::remove(root_ / "secrets" / "postgres");
    EXPECT_THAT(failure_of([&] { start(); }), HasSubstr("secrets/postgres is missing"));
}

TEST_F(ClusterTest, a_running_cluster_is_found_by_an_operators_command) {
    EXPECT_FALSE(find_running_cluster(root_).has_value());
    auto cluster = start();
    const auto urls = find_running_cluster(root_);
    ASSERT_TRUE(urls.has_value());
    EXPECT_EQ(urls->application, cluster.urls().application);
    EXPECT_TRUE(connect(urls->owner)->is_usable());
    cluster.stop();
    EXPECT_FALSE(find_running_cluster(root_).has_value());
}

TEST_F(ClusterTest, a_long_path_gets_its_socket_elsewhere) {
    root_ = folder_.path() / std::string(100, 'x');
    auto cluster = start();
    EXPECT_EQ(cluster.urls().application.find("xxxx"), std::string::npos);
    EXPECT_TRUE(connect(cluster.urls().application)->is_usable());
    cluster.stop();
    EXPECT_FALSE(fs::exists(short_socket_directory(root_)));
}

TEST_F(ClusterTest, folders_that_are_not_florins_are_refused_untouched) {
    fs::create_directories(root_);
    std::ofstream(root_ / "thesis.tex") << "x";
    EXPECT_THAT(failure_of([&] { start(); }), HasSubstr("is not a data directory of Florin (it holds thesis.tex)"));
    EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 1);

    root_ = folder_.path() / "d";
    fs::create_directories(root_ / "data");
    EXPECT_THAT(failure_of([&] { start(); }), HasSubstr("is not a PostgreSQL data directory"));

    root_ = folder_.path() / "f";
    std::ofstream(root_) << "x";
    EXPECT_THAT(failure_of([&] { start(); }), HasSubstr("is not a folder"));
}

TEST_F(ClusterTest, data_of_another_version_names_what_to_install) {
    fs::create_directories(root_ / "data");
    std::ofstream(root_ / "data" / "PG_VERSION") << "14\n";
    EXPECT_THAT(failure_of([&] { start(); }), HasSubstr("made by PostgreSQL 14, whose programs are not installed: "
                                                        "install postgresql-14"));
    EXPECT_THAT(failure_of([&] { choose_programs({}, std::nullopt); }), StartsWith("no PostgreSQL programs found"));
    EXPECT_EQ(choose_programs({{17, "/b"}, {15, "/a"}}, 15).directory, "/a");
    EXPECT_EQ(choose_programs({{17, "/b"}, {15, "/a"}}, std::nullopt).directory, "/b");
}

TEST_F(ClusterTest, a_server_that_cannot_start_says_its_reason_in_one_line) {
    start().stop();
    std::ofstream(root_ / "data" / "custom.conf") << "shared_buffers = nonsense\n";
    EXPECT_THAT(failure_of([&] { start(); }),
                StartsWith("PostgreSQL did not start: configuration file \"" + root_.string()));
}

TEST(ClusterSpace, a_full_disk_is_named_before_anything_is_written) {
    EXPECT_EQ(disk_complaint("/d", std::uintmax_t{100} << 20, true),
              "the disk of /d is full: 100 MB are free, 512 MB are needed");
    EXPECT_EQ(disk_complaint("/d", std::uintmax_t{100} << 20, false), "");
    EXPECT_NE(disk_complaint("/d", std::uintmax_t{63} << 20, false), "");
}

TEST(ClusterConfiguration, memory_and_wal_follow_the_machine_within_bounds) {
    constexpr std::uintmax_t kGigabyte = 1 << 30;
    const auto big = postgresql_conf({64 * kGigabyte, 500 * kGigabyte}, "/s");
    EXPECT_THAT(big, HasSubstr("shared_buffers = 2048MB\nmax_wal_size = 8192MB\n"));
    EXPECT_THAT(big, HasSubstr("unix_socket_directories = '/s'\n"));
    EXPECT_THAT(postgresql_conf({2 * kGigabyte, 16 * kGigabyte}, "/s"),
                HasSubstr("shared_buffers = 256MB\nmax_wal_size = 2048MB\n"));
    EXPECT_THAT(postgresql_conf({kGigabyte / 2, kGigabyte}, "/s"),
                HasSubstr("shared_buffers = 128MB\nmax_wal_size = 1024MB\n"));
}

}  // namespace
}  // namespace florin::postgres
