// GET /api/v1/balance: what we owe the merchant, per currency. A negative figure is what the merchant owes us.
#include <boost/json/serialize.hpp>

#include "api/handlers.hpp"
#include "api/resource.hpp"

namespace florin::api {
namespace {

// The merchant's other accounts (reserves, …) are no part of what is payable now.
bool is_payable(const store::BalanceRow& row) {
    return row.account.find(":payable:") != std::string::npos;
}

}  // namespace

Task<Answer> read_balance(const ApiServices& services, Call call) {
    const auto rows =
        co_await services.flow.store.balance_of(call.credential.merchant->id, call.credential.live, call.deadline);
    boost::json::array data;
    for (const auto& row : rows) {
        if (is_payable(row)) data.push_back(boost::json::object{{"currency", row.currency}, {"payable", -row.balance}});
    }
    const boost::json::object body{{"live", call.credential.live}, {"data", std::move(data)}};
    co_return http::Response{.body = boost::json::serialize(body)};
}

}  // namespace florin::api
