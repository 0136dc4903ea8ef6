#include "api/modification.hpp"

#include "api/money_request.hpp"
#include "api/resource.hpp"
#include "payments/modification.hpp"

namespace florin::api {
namespace {

struct Asked {
    std::string key;
    payments::ModificationRequest request;
};

Checked<Asked> asked_of(const Call& call, payments::OperationKind kind) {
    auto asked = read_money_request(call.request, Body::optional);
    if (!asked) return std::unexpected(std::move(asked.error()));
    auto request = payments::parse_modification(kind, asked->body);
    if (!request) return std::unexpected(std::move(request.error()));
    return Asked{std::move(asked->key), std::move(*request)};
}

}  // namespace

Task<Answer> modify_payment(const ApiServices& services, Call call, payments::OperationKind kind) {
    CO_TRY(asked, asked_of(call, kind));
    CO_TRY(payment, co_await load_payment(services, call.credential, call.id, call.deadline));
    const auto fingerprint = payments::fingerprint(call.request.path, asked.request);
    flow::Command command{.credential = std::move(call.credential),
                          .key = std::move(asked.key),
                          .request_id = call.request_id,
                          .request = flow::Modification{std::move(payment), std::move(asked.request)},
                          .fingerprint = fingerprint};
    CO_TRY(answer, co_await services.operations.run(std::move(command)));
    co_return response_of(std::move(answer));
}

}  // namespace florin::api
