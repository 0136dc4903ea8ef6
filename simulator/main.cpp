// florin-simulator: the stand-in for the outside world. It shares no business code with the gateway, and the gateway
// never reads its truth.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <vector>

#include "simulator/control.hpp"
#include "simulator/http_server.hpp"
#include "simulator/measure/measure.hpp"
#include "simulator/stripe.hpp"
#include "simulator/webhooks.hpp"

namespace florin::simulator {
namespace {

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 12111;
    std::string data = "var/simulator";
    std::uint64_t seed = 0;
    bool quiet = false;
    std::string webhook_url{};
    std::vector<std::string> webhook_secrets{};
};

class Simulator final : public Service {
public:
    explicit Simulator(const Options& options)
        : world_(options.seed),
          stripe_(world_),
          server_(options.address, options.port),
          webhooks_(world_, server_, options.seed),
          control_(world_, stripe_, webhooks_, options.seed) {
        world_.webhooks = &webhooks_;
        world_.settings.webhooks.url = options.webhook_url;
        world_.settings.webhooks.secrets = options.webhook_secrets;
        world_.timers = &server_.timers();
        world_.base_url = "http://" + options.address + ":" + std::to_string(server_.port());
        control_.refuse_connections = [this](std::int64_t duration_us) { server_.refuse_connections_for(duration_us); };
        world_.truth.open(options.data);
        // A restart with the same seed must not make the same ids again.
        world_.random = Random(options.seed + world_.truth.intents().size());
        stripe_.resume();
        world_.truth.is_watched = [this] { return webhooks_.is_on(); };
        world_.truth.on_change = [this](const Told& before, const Intent& after) { webhooks_.note(before, after); };
        webhooks_.pass_time = [this] { stripe_.pass_time(); };
        webhooks_.settings_changed();
    }

    const std::string& address() const { return world_.base_url; }
    void run() { server_.run(*this); }

    void handle(const Request& request, Answer& answer) override {
        if (request.path.starts_with("/_simulator/")) {
            control_.handle(request, answer);
        } else {
            stripe_.handle(request, answer);
        }
    }
    bool is_dirty() const override { return world_.truth.is_dirty(); }
    void flush() override {
        if (world_.truth.is_dirty()) world_.truth.flush();
        webhooks_.flushed();
    }

private:
    World world_;
    Stripe stripe_;
    Server server_;
    Webhooks webhooks_;
    Control control_;
};

CLI::App* add_measure(CLI::App& app, MeasureOptions& options) {
    auto* command = app.add_subcommand("measure", "CPU time of a payment here, beside the least any answer costs");
    command->add_option("--connections", options.load.connections, "requests in flight at most")->capture_default_str();
    command->add_option("--rate", options.load.per_second, "payments per second, 0 for all it can")
        ->capture_default_str();
    command->add_option("--seconds", options.load.seconds, "of each round")->capture_default_str();
    command->add_option("--rounds", options.rounds, "each with both servers")->capture_default_str();
    return command;
}

int run(int argc, char** argv) {
    Options options;
    CLI::App app{
        "Stand-in for the outside world: Stripe's API, the issuer's 3-D Secure page, scripted faults and a durable "
        "truth."};
    app.add_option("--address", options.address, "IPv4 address to listen on")->capture_default_str();
    app.add_option("--port", options.port, "port to listen on, 0 for a free one")->capture_default_str();
    app.add_option("--data", options.data, "directory of the truth store")->capture_default_str();
    const auto* seed =
        app.add_option("--seed", options.seed, "seed of ids, delays and faults (default: a random one, printed)");
    app.add_option("--webhook-url", options.webhook_url, "where Stripe's webhooks go, none when empty")
        ->envname("FLORIN_SIMULATOR_WEBHOOK_URL")
        ->check([](const std::string& url) {
            return url.empty() || read_address(url) ? "" : "an address like http://127.0.0.1:8080/psp/stripe/webhooks";
        });
    app.add_option("--webhook-secret", options.webhook_secrets, "signs webhooks; two while one replaces the other")
        ->envname("FLORIN_SIMULATOR_WEBHOOK_SECRET");
    app.add_flag("--quiet", options.quiet, "print nothing when ready");
    MeasureOptions measuring;
    auto* measure_command = add_measure(app, measuring);
    std::size_t bytes = 0;
    auto* floor_command = app.add_subcommand("floor", "the server that `measure` compares with: it only answers");
    floor_command->add_option("--bytes", bytes, "size of an answer with its head")
        ->required()
        ->check(CLI::Range(64, 1 << 20));
    CLI11_PARSE(app, argc, argv);
    if (measure_command->parsed()) {
        measure(measuring);
        return 0;
    }
    if (floor_command->parsed()) run_floor(bytes);
    if (seed->empty()) options.seed = std::random_device{}();
    Simulator simulator(options);
    if (!options.quiet) {
        std::printf("florin-simulator listens on %s, truth in %s, seed %llu\n", simulator.address().c_str(),
                    options.data.c_str(), static_cast<unsigned long long>(options.seed));
        std::fflush(stdout);
    }
    simulator.run();
    return 0;
}

}  // namespace
}  // namespace florin::simulator

int main(int argc, char** argv) {
    try {
        return florin::simulator::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "florin-simulator: %s\n", error.what());
        return 1;
    }
}
