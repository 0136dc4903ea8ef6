// GET /healthz, /readyz, /metrics: for supervisors, load balancers and Prometheus; none needs a key, none tells of
// payments.
#include "api/handlers.hpp"

namespace florin::api {

// The process runs and its loop turns: restarting it would mend nothing else.
Task<Answer> tell_alive(const ApiServices&, Call) {
    co_return http::Response{.body = R"({"status":"ok"})"};
}

Task<Answer> tell_ready(const ApiServices& services, Call) {
    auto reason = co_await services.readiness();
    if (reason.empty()) co_return http::Response{.body = R"({"status":"ready"})"};
    co_return std::unexpected(
        Refusal{.error = Error::overloaded, .detail = "Not ready: " + std::move(reason), .retry_after_s = 1});
}

Task<Answer> tell_metrics(const ApiServices& services, Call) {
    co_return http::Response{.body = services.flow.metrics.render(), .content_type = "text/plain; version=0.0.4"};
}

}  // namespace florin::api
