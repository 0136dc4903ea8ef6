#include "webhooks/registration.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>

#include "webhooks/sealed_secret.hpp"
#include "webhooks/signature.hpp"

namespace florin::webhooks {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

http::Addresses addresses(std::initializer_list<const char*> texts) {
    http::Addresses found;
    for (const char* text : texts) found.push_back(boost::asio::ip::make_address(text));
    return found;
}

class RegistrationTest : public ::testing::Test {
protected:
    std::optional<Refusal> fault_of(std::string url, bool live = false, TargetRules rules = {}) {
        http::NamesOptions options;
        options.look_up = [this](const std::string& name) -> http::LookedUp {
            const auto found = names_.find(name);
            if (found == names_.end()) return std::unexpected("Name or service not known");
            return found->second;
        };
        const Registration registration(std::make_shared<http::Names>(loop_.get_executor(), std::move(options)),
                                        std::move(rules));
        std::optional<std::optional<Refusal>> fault;
        boost::asio::co_spawn(loop_, registration.fault_of(std::move(url), live, Deadline::after(Milliseconds(20'000))),
                              [&](std::exception_ptr thrown, std::optional<Refusal> found) {
                                  if (thrown) std::rethrow_exception(thrown);
                                  fault.emplace(std::move(found));
                              });
        loop_.restart();
        while (!fault) loop_.run_one();
        return std::move(*fault);
    }

    std::map<std::string, http::Addresses> names_{
        {"shop.example.org", addresses({"93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"})},
        {"inside.example.org", addresses({"10.0.0.7"})},
        {"both.example.org", addresses({"93.184.215.14", "127.0.0.1"})},
        {"mapped.example.org", addresses({"::ffff:169.254.169.254"})}};
    boost::asio::io_context loop_{1};
};

TEST_F(RegistrationTest, a_host_with_public_addresses_is_taken) {
    EXPECT_FALSE(fault_of("https://shop.example.org/florin"));
    EXPECT_FALSE(fault_of("https://93.184.215.14/florin"));
    EXPECT_FALSE(fault_of("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/florin"));
}

TEST_F(RegistrationTest, a_host_that_leads_inside_is_refused_though_it_leads_outside_too) {
    for (const auto* host : {"inside.example.org", "both.example.org", "mapped.example.org"}) {
        const auto fault = fault_of("https://" + std::string(host) + "/");
        ASSERT_TRUE(fault) << host;
        EXPECT_EQ(fault->error, Error::invalid_field);
        EXPECT_EQ(fault->pointer, "/url");
        EXPECT_THAT(fault->detail, HasSubstr("not public"));
        EXPECT_THAT(fault->detail, Not(HasSubstr("10.0"))) << "what our own DNS knows is told to nobody";
    }
    EXPECT_TRUE(fault_of("https://127.0.0.1/"));
    EXPECT_TRUE(fault_of("https://[::1]/"));
}

TEST_F(RegistrationTest, a_host_that_cannot_be_found_is_refused_with_what_to_do) {
    const auto fault = fault_of("https://nowhere.example.org/");
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->pointer, "/url");
    EXPECT_THAT(fault->detail, HasSubstr("cannot be found now"));
}

TEST_F(RegistrationTest, loopback_is_for_test_mode_where_the_operator_allows_it) {
    const TargetRules allowed{.allow_loopback = true};
    EXPECT_FALSE(fault_of("http://127.0.0.1:8099/hook", false, allowed));
    EXPECT_FALSE(fault_of("http://localhost:8099/hook", false, allowed));
    EXPECT_TRUE(fault_of("http://127.0.0.1:8099/hook", true, allowed));
    EXPECT_TRUE(fault_of("http://127.0.0.1:8099/hook", false));
    EXPECT_TRUE(fault_of("https://both.example.org/", false, allowed)) << "by its spelling, never by what DNS says";
}

TEST(SealedSecrets, what_the_store_gets_opens_for_its_endpoint_and_number_only) {
    const auto make = sealed_secrets(Secret("pepper-0123456789"));
    const auto endpoint = WebhookEndpointId::make(SystemClock().now(), Bucket{1}, false);
    const auto made = make(endpoint, 2);
    EXPECT_TRUE(is_secret(made.secret.expose()));
    EXPECT_THAT(made.sealed, Not(HasSubstr(std::string(made.secret.expose().substr(6)))));
    const Sealer sealer(Secret("pepper-0123456789"));
    EXPECT_EQ(sealer.unseal(endpoint, 2, made.sealed)->expose(), made.secret.expose());
    EXPECT_FALSE(sealer.unseal(endpoint, 1, made.sealed));
    EXPECT_NE(make(endpoint, 2).secret.expose(), made.secret.expose());
}

}  // namespace
}  // namespace florin::webhooks
