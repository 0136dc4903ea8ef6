// GET /api/v1/balance: what we owe the merchant, and what is held for it, per currency.
#include <boost/json/serialize.hpp>
#include <map>

#include "api/handlers.hpp"
#include "api/resource.hpp"

namespace florin::api {
namespace {

struct Balance {
    std::int64_t payable = 0;
    std::int64_t authorized = 0;  // memo: held on cards, not yet captured
};

bool names(std::string_view account, std::string_view part) {
    return account.find(part) != std::string_view::npos;
}

// The merchant's accounts are credit accounts, and stored debit positive. Its other ones (reserves, …) are no part of
// either figure.
std::map<std::string, Balance> by_currency(const std::vector<store::BalanceRow>& rows) {
    std::map<std::string, Balance> balances;
    for (const auto& row : rows) {
        if (names(row.account, ":payable:")) balances[row.currency].payable -= row.balance;
        if (names(row.account, ":authorized:")) balances[row.currency].authorized -= row.balance;
    }
    return balances;
}

}  // namespace

Task<Answer> read_balance(const ApiServices& services, Call call) {
    const auto rows =
        co_await services.flow.store.balance_of(call.credential.merchant->id, call.credential.live, call.deadline);
    boost::json::array data;
    for (const auto& [currency, balance] : by_currency(rows)) {
        data.push_back(boost::json::object{
            {"currency", currency}, {"payable", balance.payable}, {"authorized", balance.authorized}});
    }
    const boost::json::object body{{"live", call.credential.live}, {"data", std::move(data)}};
    co_return http::Response{.body = boost::json::serialize(body)};
}

}  // namespace florin::api
