#include "main/florin/gateway.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <exception>
#include <stdexcept>

#include "cli/configured.hpp"
#include "config/pepper.hpp"
#include "main/florin/process.hpp"
#include "observe/log.hpp"
#include "psp/stripe/adapter.hpp"
#include "psp/stripe/event.hpp"
#include "webhooks/http_sender.hpp"

namespace florin {
namespace {

constexpr Milliseconds kStart{30'000};
constexpr Milliseconds kReady{2'000};
constexpr Milliseconds kAnswersLeave{15'000};  // of a drain: what waits for an answer has it or gets its 202 by then

store::StoreOptions store_options(const config::Config& config, std::string conninfo, observe::Metrics& metrics) {
    store::StoreOptions options;
    options.conninfo = std::move(conninfo);
    options.writers = config.writers;
    options.metrics = &metrics;
    return options;
}

// A server that accepts more than it has descriptors for would stop accepting at all.
std::size_t connections_of(const config::Config& config) {
    const auto wanted = static_cast<std::size_t>(config.connections);
    const auto taken = connections_that_fit(wanted);
    if (taken < wanted) {
        observe::log(observe::Level::warning, "descriptors.few", {{"wanted", wanted}, {"found", taken}});
    }
    return taken;
}

http::ServerOptions server_options(const config::Config& config) {
    http::ServerOptions options;
    options.address = config.address;
    options.port = config.port;
    options.connections = connections_of(config);
    options.larger_bodies = {{"/psp/stripe/webhooks", psp::stripe::kEventBytes}};
    if (!config.tls_certificate.empty()) {
        options.tls = http::TlsFiles{.certificate = config.tls_certificate, .key = config.tls_key};
    }
    return options;
}

api::LimitOptions limit_options(const config::Limits& limits) {
    return {.merchant = {limits.requests_per_second, limits.burst},
            .key = {limits.key_requests_per_second, limits.key_burst},
            .unknown_keys = {limits.unknown_keys_per_second, limits.unknown_key_burst}};
}

template <class T>
T value_or_throw(Checked<T> checked) {
    if (!checked) throw std::runtime_error(checked.error().detail);
    return std::move(*checked);
}

webhooks::DelivererOptions deliverer_options(const config::Webhooks& config) {
    webhooks::DelivererOptions options;
    options.disable_after = std::chrono::days(config.disable_after_days);
    options.answering = static_cast<std::size_t>(config.endpoints_at_once);
    options.in_flight = 2 * options.answering;
    options.visits = std::max(options.visits, 8 * options.answering);
    options.per_endpoint = static_cast<std::size_t>(config.deliveries_per_endpoint);
    return options;
}

bool is_for_every_role(std::string_view path) {
    constexpr std::array<std::string_view, 3> kPaths{"/healthz", "/readyz", "/metrics"};
    return std::ranges::find(kPaths, path) != kPaths.end();
}

std::vector<psp::stripe::EventAccount> event_accounts(const config::Config& config) {
    std::vector<psp::stripe::EventAccount> accounts;
    if (const auto& test = config.stripe_test) accounts.push_back({test->name, false, test->webhook_secrets});
    if (const auto& live = config.stripe_live) accounts.push_back({live->name, true, live->webhook_secrets});
    return accounts;
}

}  // namespace

Gateway::Gateway(boost::asio::any_io_executor executor, const config::Config& config, cli::Role role,
                 std::string conninfo)
    : executor_(executor),
      role_(role),
      store_(executor, store_options(config, conninfo, metrics_)),
      credentials_(executor, conninfo, value_or_throw(config::load_pepper(config))),
      administration_(executor, conninfo, value_or_throw(config::load_pepper(config))),
      names_(std::make_shared<http::Names>(executor)),
      webhook_endpoints_(executor, conninfo, webhooks::sealed_secrets(value_or_throw(config::load_pepper(config)))),
      webhook_deliveries_(executor, conninfo),
      webhook_registration_(names_, cli::target_rules(config)),
      services_{executor, clock_, store_, accounts_, metrics_, cli::flow_options(config)},
      stripe_events_(event_accounts(config)),
      operations_(services_),
      watch_(services_),
      worker_(services_, {{.queue = "webhook_queues",
                           .run = [this] { return deliverer_.run(); },
                           .stop = [this] { deliverer_.stop(); }}}),
      deliverer_({executor, webhook_deliveries_, webhook_sender(config),
                  webhooks::Sealer(value_or_throw(config::load_pepper(config))), clock_, metrics_},
                 deliverer_options(config.webhooks)),
      api_({services_,
            operations_,
            watch_,
            credentials_,
            administration_,
            webhook_endpoints_,
            webhook_deliveries_,
            webhook_registration_,
            [this] { return readiness(); },
            limit_options(config.limits),
            {&stripe_events_}}),
      server_(
          executor, server_options(config), [this](http::Request request) { return handle(std::move(request)); },
          [this](int status, std::string detail) { return api_.refuse(status, std::move(detail)); }),
      worker_end_(executor, Timer::time_point::max()) {
    if (config.stripe_test) add_stripe(false, *config.stripe_test);
    if (config.stripe_live) add_stripe(true, *config.stripe_live);
}

// Look-ups run on threads, which tell the loop of their end: before the loop goes.
Gateway::~Gateway() {
    names_->close();
}

webhooks::Sender Gateway::webhook_sender(const config::Config& config) {
    auto client = std::make_shared<http::PublicClient>(executor_, names_, http::PublicClientOptions{});
    return webhooks::http_sender(std::move(client), cli::target_rules(config), clock_);
}

void Gateway::add_stripe(bool live, const config::StripeAccount& account) {
    auto options = value_or_throw(cli::stripe_options(account, live));
    psps_.push_back(value_or_throw(psp::stripe::make_stripe(executor_, std::move(options), &metrics_)));
    accounts_.all.push_back(cli::flow_account(*psps_.back(), account, live));
}

Task<void> Gateway::start() {
    co_await store_.start(Deadline::after(kStart));
    co_await store_.ensure_partitions(Deadline::after(kStart));
    server_.start();
    if (role_ == cli::Role::api) co_return;
    works_ = true;
    boost::asio::co_spawn(executor_, worker_.run(), [this](std::exception_ptr failure) {
        works_ = false;
        worker_end_.cancel();
        // It waits out every trouble of its own: what comes here is a bug, and a worker that settles nothing must not
        // live.
        if (failure) std::rethrow_exception(failure);
    });
}

Task<http::Response> Gateway::handle(http::Request request) {
    if (role_ == cli::Role::worker && !is_for_every_role(request.path)) {
        co_return api_.refuse(404, "this process is a worker: payments are taken by florin api");
    }
    co_return co_await api_.handle(std::move(request));
}

Task<std::string> Gateway::readiness() {
    if (is_draining_) co_return std::string("shutting down");
    co_return co_await store_.readiness(Deadline::after(kReady));
}

Task<void> Gateway::drain(Deadline deadline) {
    is_draining_ = true;
    worker_.stop();
    watch_.stop();
    co_await server_.drain(Deadline::after(kAnswersLeave).earlier(deadline));
    co_await operations_.drain(deadline);
    co_await worker_ended(deadline);
    co_await store_.drain(deadline);
}

Task<void> Gateway::worker_ended(Deadline deadline) {
    while (works_ && !deadline.passed()) {
        worker_end_.expires_after(deadline.remaining());
        boost::system::error_code ended_or_not;
        co_await worker_end_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ended_or_not));
    }
}

}  // namespace florin
