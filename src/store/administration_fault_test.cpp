// A change whose commit was answered to nobody: the pool sends it again, and it is made once.
#include <filesystem>

#include "store/administration_fixture.hpp"
#include "store/proxy.hpp"
#include "store/webhook_endpoints_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::SizeIs;

class AdministrationFaultTest : public AdministrationTest {
protected:
    AdministrationFaultTest() {
        EXPECT_TRUE(::mkdtemp(folder_.data()));
        const std::string& url = urls().application;
        const auto host = url.find("host=") + 5;
        const auto socket = std::string(query("select current_setting('unix_socket_directories')")[0].text(0));
        proxy_ = std::make_unique<Proxy>(loop_.get_executor(), folder_, socket);
        fragile_url_ = url.substr(0, host) + folder_ + url.substr(url.find('&', host));
        fragile_ = std::make_unique<Administration>(loop_.get_executor(), fragile_url_, Secret("pepper"));
    }
    ~AdministrationFaultTest() override { std::filesystem::remove_all(folder_); }

    // Loses the answer to the first statement of a change that begins with writing.
    template <class T>
    T wait_losing_the_change(Task<T> task, const std::string& changed) {
        const auto before = count(changed);
        loop_.restart();
        std::optional<T> result;
        boost::asio::co_spawn(loop_, std::move(task), [&](std::exception_ptr thrown, T value) {
            if (thrown) std::rethrow_exception(thrown);
            result.emplace(std::move(value));
        });
        proxy_->lose_answers = 1;
        while (!result) loop_.run_one();
        EXPECT_EQ(proxy_->lost, 1) << "the fault has fired";
        EXPECT_EQ(count(changed), before + 1);
        return std::move(*result);
    }

    std::string folder_ = "/tmp/fa-XXXXXX";
    std::string fragile_url_;
    std::unique_ptr<Proxy> proxy_;
    std::unique_ptr<Administration> fragile_;
};

TEST_F(AdministrationFaultTest, a_merchant_whose_creation_was_answered_to_nobody_is_one_merchant) {
    wait(fragile_->list_merchants({}, soon()));  // opens the connection that will break
    const auto made = wait_losing_the_change(
        fragile_->create_merchant({.id = {}, .name = "Once", .default_fee = {}, .fees = {}}, once("lost"), soon()),
        "select count(*) from merchants where name = 'Once'");
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->replayed) << "it is this request's own";
    EXPECT_THAT(changes_of(made->row.merchant), SizeIs(1));
}

TEST_F(AdministrationFaultTest, an_endpoint_whose_creation_was_answered_to_nobody_has_the_secret_that_is_shown) {
    const Merchant shop = new_shop();
    WebhookEndpoints fragile(loop_.get_executor(), fragile_url_, open_box);
    wait(fragile.list({}, {}, soon()));
    const auto made = wait_losing_the_change(
        fragile.create({.merchant = shop.id, .url = "https://shop.example/once"}, kOperator, soon()),
        "select count(*) from webhook_endpoints where url = 'https://shop.example/once'");
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->replayed);
    const std::string secret(made->secret.expose());
    EXPECT_EQ(count("select count(*) from webhook_secrets where position('" + secret +
                    "' in convert_from(sealed, 'UTF8')) > 0"),
              1);
    EXPECT_THAT(changes_of(shop), SizeIs(2));
}

}  // namespace
}  // namespace florin::store::test
