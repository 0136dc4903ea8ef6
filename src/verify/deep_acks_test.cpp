// What clients were answered, compared with what is stored.
#include <fstream>

#include "verify/deep_fixture.hpp"

namespace florin::verify {
namespace {

using namespace fixture;

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
    for (const auto& check : ack_checks()) EXPECT_TRUE(seen().contains(std::string(check.name))) << check.name;
}

}  // namespace
}  // namespace florin::verify
