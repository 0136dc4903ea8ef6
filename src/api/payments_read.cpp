// GET /api/v1/payments/{id}, and with ?wait=25 a long poll: the answer comes when the payment changes, or at the end.
#include <array>

#include "api/handlers.hpp"
#include "api/query.hpp"
#include "api/resource.hpp"
#include "payments/document.hpp"

namespace florin::api {
namespace {

constexpr auto kParameters = std::to_array<std::string_view>({"wait", "sequence"});
constexpr std::int32_t kMostSequence = 2'000'000'000;
constexpr Milliseconds kReadWithin{5'000};

http::Response document_response(const payments::Payment& payment) {
    return {.body = payments::document(payment)};
}

}  // namespace

Task<Answer> read_payment(const ApiServices& services, Call call) {
    CO_TRY(parameters, parse_query(call.request.query, kParameters));
    CO_TRY(wait, parse_number(parameters, "wait", kLongestWait));
    CO_TRY(sequence, parse_number(parameters, "sequence", kMostSequence));
    CO_TRY(payment, co_await load_payment(services, call.credential, call.id, call.deadline));
    const bool has_moved = sequence && payment.version > *sequence;
    if (wait.value_or(0) == 0 || has_moved || !flow::has_open(payment)) co_return document_response(payment);
    const flow::KnownPayment known{payment.id, payment.merchant, payment.version};
    CO_TRY(moved,
           co_await services.watch.wait(known, Deadline::after(Milliseconds(*wait * 1000)), call.request.is_gone));
    if (!moved) co_return document_response(payment);
    CO_TRY(now, co_await load_payment(services, call.credential, call.id, Deadline::after(kReadWithin)));
    co_return document_response(now);
}

}  // namespace florin::api
