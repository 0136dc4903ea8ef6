#include "cli/administration.hpp"

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/json.hpp"
#include "config/pepper.hpp"
#include "payments/fields.hpp"

namespace florin::cli {

store::Author this_user() {
    const auto* user = ::getpwuid(::getuid());
    return {.actor = "cli:" + (user ? std::string(user->pw_name) : std::to_string(::getuid())), .once = {}};
}

store::Administration open_administration(boost::asio::any_io_executor executor, const config::Config& config) {
    return store::Administration(std::move(executor), application_url(config), Secret{});
}

store::Administration open_with_pepper(boost::asio::any_io_executor executor, const config::Config& config) {
    auto url = application_url(config);
    auto pepper = config::load_pepper(config);
    if (!pepper) throw UsageError(pepper.error().detail);
    return store::Administration(std::move(executor), std::move(url), std::move(*pepper));
}

MerchantId parse_merchant(const std::string& text) {
    if (const auto id = MerchantId::parse(text)) return *id;
    throw UsageError(
        "a merchant's id looks like mer_01890000-0000-7000-8000-000000000000: `florin merchants list` "
        "shows them");
}

KeyId parse_key(const std::string& text) {
    if (const auto id = KeyId::parse(text)) return *id;
    throw UsageError(
        "a key's id looks like key_01890000-0000-7000-8000-000000000000 and is not the key itself: "
        "`florin keys list` shows them");
}

std::string parse_name(std::string text) {
    constexpr std::size_t kLongest = 100;
    if (!text.empty() && json::is_utf8(text) && payments::characters(text) <= kLongest) return text;
    throw UsageError("--name must have 1 to 100 characters");
}

Task<Checked<store::OwnerFilter>> owner_filter(store::Administration& administration, std::string merchant) {
    if (merchant.empty()) co_return store::OwnerFilter{};
    const auto id = parse_merchant(merchant);
    const auto row = co_await administration.find_merchant(id, Deadline::after(kPatience));
    if (!row) co_return refuse(Error::not_found, "There is no merchant with this id.");
    co_return store::OwnerFilter{.merchant = id};
}

int print_refusal(const Refusal& refusal, std::string_view where_to_look) {
    if (refusal.error != Error::not_found) return print_refusal(refusal);
    return print_refusal(
        {refusal.error, fmt::format("{} `{}` shows those that exist.", refusal.detail, where_to_look)});
}

}  // namespace florin::cli
