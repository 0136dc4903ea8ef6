#include "selftest/site.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "selftest/local_http.hpp"

namespace florin::selftest {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kStart{120};
constexpr std::chrono::milliseconds kBetweenLooks{50};

// A share of what a PSP can do wrong; each costs its caller a look-up or a few seconds.
constexpr std::string_view kFaults[] = {"drop_after_processing",
                                        "drop_before_processing",
                                        "error_after_processing",
                                        "error_before_processing",
                                        "half_body",
                                        "garbage",
                                        "wrong_amount"};

fs::path new_directory() {
    auto name = (fs::temp_directory_path() / "florin-selftest-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory can be made for the selftest");
    fs::permissions(name, fs::perms(0755));  // PostgreSQL runs as another user when we are root
    return name;
}

std::string end_of(const fs::path& log) {
    std::ifstream file(log);
    std::string line, last;
    while (std::getline(file, line)) last = line;
    return last.empty() ? "it said nothing" : last;
}

template <class Condition>
bool wait_for(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + kStart;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(kBetweenLooks);
    }
    return true;
}

std::string member(const std::string& output, std::string_view name) {
    const auto value = json::parse(output);
    const auto* found = value && value->is_object() ? value->get_object().if_contains(name) : nullptr;
    if (found == nullptr || !found->is_string()) throw std::runtime_error("florin printed no " + std::string(name));
    return std::string(found->get_string());
}

}  // namespace

Checked<Programs> find_programs() {
    const auto florin = fs::read_symlink("/proc/self/exe");
    const auto simulator = florin.parent_path() / "florin-simulator";
    if (fs::exists(simulator)) return Programs{florin, simulator};
    return refuse(Error::not_found,
                  fmt::format("florin-simulator is not beside {}: build it with cmake --build build/release --target "
                              "florin-simulator, or put it there",
                              florin.string()));
}

Site::Site(Programs programs, bool is_kept)
    : programs_(std::move(programs)),
      is_kept_(is_kept),
      directory_(new_directory()),
      port_(free_port()),
      simulator_port_(free_port()),
      settings_{"FLORIN_STRIPE_TEST_KEY=sk_test_simulator", "FLORIN_PEPPER=" + random_token(40)},
      simulator_(program(programs_.simulator,
                         {"--port", std::to_string(simulator_port_), "--data", file("simulator").string()},
                         "simulator")),
      gateway_(program(programs_.florin, {"up", "--config", file("florin.toml").string()}, "gateway")) {
    write_config();
}

Site::~Site() {
    gateway_.ask_to_end();
    gateway_.wait();
    kill_postgres();
    simulator_.kill();
    std::error_code ignored;
    if (!is_kept_) fs::remove_all(directory_, ignored);
}

Program Site::program(const fs::path& path, std::vector<std::string> arguments, std::string_view log) const {
    arguments.insert(arguments.begin(), path.string());
    return {.arguments = std::move(arguments), .settings = settings_, .output = file(fmt::format("{}.log", log))};
}

void Site::write_config() const {
    std::ofstream(file("florin.toml")) << fmt::format(
        "[http]\naddress = \"127.0.0.1\"\nport = {}\n[database]\ndata = \"{}\"\n[limits]\nrequests_per_second = 0\n"
        "[payments]\nanswer_within_ms = 2000\npsp_deadline_ms = 3000\n[resolver]\nrequests_per_second = 1000\n"
        "[log]\nlevel = \"warning\"\n[stripe.test]\nbase_url = \"http://127.0.0.1:{}\"\nread_lag_ms = 200\n",
        port_, file("data").string(), simulator_port_);
}

void Site::start() {
    start_the_dead();
    wait_until_ready();
}

void Site::start_the_dead() {
    if (!simulator_.is_alive()) {
        simulator_.start();
        if (!wait_for([this] { return ask(simulator_port_, "GET", "/_simulator/health").status == 200; })) {
            throw std::runtime_error("the simulator does not start: " + end_of(simulator_.program().output));
        }
    }
    look_after_gateway();
    if (!gateway_.is_alive()) gateway_.start();
}

void Site::fail(std::string_view what) const {
    throw GatewayFailed(fmt::format("{}: {}", what, end_of(gateway_.program().output)));
}

void Site::wait_until_ready() {
    const bool is_ready = wait_for([this] {
        start_the_dead();
        return ask(port_, "GET", "/readyz").status == 200;
    });
    if (!is_ready) fail(fmt::format("the gateway is not ready after {} s", kStart.count()));
}

// The file outlives its process, whose number may be another's by then.
bool Site::kill_postgres() {
    const auto data = file("data") / "data";
    pid_t postmaster = 0;
    std::ifstream(data / "postmaster.pid") >> postmaster;
    std::error_code error;
    const auto works_in = fs::read_symlink(fmt::format("/proc/{}/cwd", postmaster), error);
    if (error || works_in != fs::canonical(data, error)) return false;
    return postmaster > 1 && kill(postmaster, SIGKILL) == 0;
}

void Site::misbehave() {
    for (const auto action : kFaults) {
        ask(simulator_port_, "POST", "/_simulator/faults",
            fmt::format(R"({{"psp":"stripe","operation":"*","action":"{}","probability":0.01}})", action));
    }
}

void Site::behave() {
    ask(simulator_port_, "DELETE", "/_simulator/faults");
}

Finished Site::florin(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--json", "--config", file("florin.toml").string()});
    return run(program(programs_.florin, std::move(arguments), "commands"));
}

std::string Site::new_key() {
    const auto merchant =
        florin({"merchants", "create", "--name", "Selftest", "--fee-bps", "290", "--fee-fixed", "30"});
    const auto key =
        florin({"keys", "create", "--merchant", member(merchant.output, "id"), "--mode", "test", "--name", "selftest"});
    return member(key.output, "key");
}

}  // namespace florin::selftest
