#include "psp/stripe/probe.hpp"

#include <fmt/format.h>

#include <ctime>

#include "psp/stripe/encode.hpp"

namespace florin::psp::stripe {
namespace {

std::string problem_of(int status) {
    switch (status) {
        case 200:
            return {};
        case 401:
            return "refuses our key (401): it is wrong or was rolled; put the new one into the environment";
        case 403:
            return "takes our key but lets it read no payments (403): give the restricted key read and write for "
                   "PaymentIntents, Charges and Refunds";
        case 429:
            return "answers that we ask too often (429): look again in a minute";
        default:
            return fmt::format("answers {}: see its status page", status);
    }
}

}  // namespace

std::optional<WallTime> parse_http_date(const std::string& text) {
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (!end || *end) return std::nullopt;
    return WallTime(std::chrono::seconds(::timegm(&parts)));
}

Task<Probe> probe(boost::asio::any_io_executor executor, http::Origin origin, Secret key, Deadline deadline) {
    http::Client client(executor, std::move(origin), http::ClientOptions{.connections = 1});
    http::ClientRequest request;
    request.method = "GET";
    request.target = "/v1/payment_intents?limit=1";
    request.headers.emplace_back("Authorization", "Bearer " + std::string(key.expose()));
    request.headers.emplace_back("Stripe-Version", std::string(kApiVersion));
    const auto answer = co_await client.send(std::move(request), deadline);
    Probe result;
    if (!answer) {
        result.problem =
            fmt::format("does not answer: {}; is the address right and the way out open?", answer.error().what);
        co_return result;
    }
    result.problem = problem_of(answer->status);
    if (const auto* date = answer->find_header("date")) result.date = parse_http_date(*date);
    co_return result;
}

}  // namespace florin::psp::stripe
