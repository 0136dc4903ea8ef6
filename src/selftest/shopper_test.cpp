// A shopper that is lied to says so: a swarm that cannot be disappointed would show nothing.
#include "selftest/shopper.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <set>

namespace florin::selftest {
namespace {

constexpr std::string_view kOne = R"({"payment_id":"pay_01920000-0000-7000-8000-000000000001","status":"captured"})";
constexpr std::string_view kOther = R"({"payment_id":"pay_01920000-0000-7000-8000-000000000002","status":"captured"})";

class ShopperTest : public testing::Test {
protected:
    ShopperTest() : path_(std::filesystem::temp_directory_path() / fmt::format("acks-{}", getpid())) {
        std::filesystem::remove(path_);
        log_.emplace(path_);
    }
    ~ShopperTest() override { std::filesystem::remove(path_); }

    // Answers each request with what `answer` says of it, until `enough` or many steps.
    template <class Answer, class Enough>
    void live(Shopper& shopper, Answer answer, Enough enough) {
        for (int step = 0; step < 5'000 && !enough(); ++step) {
            shopper.next(tally_);
            const auto [status, body] = answer(shopper.request());
            shopper.answered(status, body, *log_, tally_);
        }
    }
    std::string kept() {
        log_->flush(true);
        std::ifstream file(path_);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    bool is_broken(std::string_view words) {
        for (const auto& sentence : tally_.broken) {
            if (sentence.contains(words)) return true;
        }
        return false;
    }

    using Answer = std::pair<int, std::string>;
    std::filesystem::path path_;
    std::optional<AckLog> log_;
    Tally tally_;
    Shopper shopper_{7, "run", 3};
};

TEST_F(ShopperTest, the_same_seed_asks_the_same_and_each_operation_has_its_key) {
    Shopper twin(7, "run", 3), other(8, "run", 3);
    Tally ignored;
    std::set<std::string> keys;
    int differences = 0;
    for (int i = 0; i < 200; ++i) {
        for (auto* one : {&shopper_, &twin, &other}) {
            one->next(ignored);
            one->answered(402, kOne, *log_, ignored);
        }
        EXPECT_EQ(shopper_.request().body, twin.request().body);
        EXPECT_EQ(shopper_.request().key, twin.request().key);
        differences += shopper_.request().body != other.request().body ? 1 : 0;
        keys.insert(shopper_.request().key);
    }
    EXPECT_GT(differences, 50);
    EXPECT_GT(keys.size(), 100U);
}

TEST_F(ShopperTest, what_got_no_answer_is_asked_again_with_its_key) {
    shopper_.next(tally_);
    const auto key = shopper_.request().key;
    const auto body = shopper_.request().body;
    shopper_.answered(0, {}, *log_, tally_);
    EXPECT_GT(shopper_.next(tally_).wait.count(), 0);
    EXPECT_EQ(shopper_.request().key, key);
    EXPECT_EQ(shopper_.request().body, body);
    EXPECT_EQ(tally_.operations, 1U);
    EXPECT_EQ(tally_.cut, 1U);
}

TEST_F(ShopperTest, answers_that_name_a_payment_are_kept_with_their_digest) {
    shopper_.next(tally_);
    shopper_.answered(503, R"({"code":"overloaded"})", *log_, tally_);
    shopper_.next(tally_);
    shopper_.answered(200, kOne, *log_, tally_);
    EXPECT_EQ(log_->kept(), 1U);
    const auto line = kept();
    EXPECT_NE(line.find(R"("key":"run-3-0","status":200,"body_sha256":")"), std::string::npos) << line;
    EXPECT_NE(line.find(R"("payment_id":"pay_01920000-0000-7000-8000-000000000001")"), std::string::npos) << line;
}

TEST_F(ShopperTest, two_answers_to_one_key_are_a_broken_promise) {
    int count = 0;
    live(
        shopper_, [&](const Request&) { return Answer(200, std::string(kOne) + std::to_string(++count)); },
        [&] { return is_broken("and then with"); });
    EXPECT_TRUE(is_broken("and then with")) << "no repeat in thousands of operations";
}

TEST_F(ShopperTest, another_payment_under_one_key_is_a_broken_promise) {
    shopper_.next(tally_);
    shopper_.answered(202, kOne, *log_, tally_);
    shopper_.next(tally_);
    shopper_.answered(200, kOther, *log_, tally_);
    EXPECT_TRUE(is_broken("and before with"));
}

TEST_F(ShopperTest, a_used_key_that_is_taken_for_something_else_is_a_broken_promise) {
    live(shopper_, [](const Request&) { return Answer(200, std::string(kOne)); }, [&] { return tally_.probes > 0; });
    ASSERT_GT(tally_.probes, 0U);
    shopper_.answered(200, kOne, *log_, tally_);
    EXPECT_TRUE(is_broken("under the used key"));
}

TEST_F(ShopperTest, a_gateway_that_keeps_its_promises_breaks_none) {
    std::map<std::string, std::string> bodies;
    live(
        shopper_,
        [&](const Request& request) {
            const auto [known, is_new] = bodies.try_emplace(request.key, request.path + request.body);
            if (known->second == request.path + request.body) return Answer(200, std::string(kOne));
            return Answer(422, R"({"code":"idempotency_key_reused"})");
        },
        [&] { return tally_.operations > 1'000; });
    EXPECT_TRUE(tally_.broken.empty()) << tally_.broken.front();
    EXPECT_GT(tally_.repeats, 20U);
    EXPECT_GT(tally_.probes, 10U);
    for (const auto* kind : {"sale 200", "authorize 200", "capture 200", "void 200", "refund 200"}) {
        EXPECT_GT(tally_.kinds[kind], 10U) << kind;
    }
}

}  // namespace
}  // namespace florin::selftest
