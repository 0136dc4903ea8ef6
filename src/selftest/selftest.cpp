#include "selftest/selftest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/json.hpp"
#include "selftest/damage.hpp"
#include "selftest/local_http.hpp"
#include "selftest/swarm.hpp"

namespace florin::selftest {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kTurn{20};
constexpr std::chrono::seconds kToSettle{300};
constexpr std::chrono::seconds kSilence{180};  // without a final answer, crashes and all
constexpr int kMerchants = 2;

volatile std::sig_atomic_t is_interrupted = 0;

// Ends in order: nothing is left behind.
void go_on_or_throw() {
    if (is_interrupted != 0) throw std::runtime_error("interrupted");
}

enum class Victim : std::uint8_t { gateway, postgres, both, simulator };

Victim choose(Dice& dice) {
    const auto chance = dice.below(100);
    return chance < 50   ? Victim::gateway
           : chance < 75 ? Victim::postgres
           : chance < 90 ? Victim::both
                         : Victim::simulator;
}

std::string_view name_of(Victim victim) {
    switch (victim) {
        case Victim::gateway:
            return "gateway";
        case Victim::postgres:
            return "PostgreSQL";
        case Victim::both:
            return "gateway and PostgreSQL";
        case Victim::simulator:
            return "the PSP's simulator";
    }
    return {};
}

class Selftest {
public:
    Selftest(Programs programs, Options options)
        : options_(std::move(options)), site_(std::move(programs), options_.keep), dice_(options_.seed) {
        report_.seed = options_.seed;
        if (options_.keep) report_.directory = site_.directory().string();
    }

    Report run() {
        say(fmt::format("seed {}, world in {}", options_.seed, site_.directory().string()));
        site_.start();
        Swarm swarm(swarm_options());
        report_.is_compared = go_through(swarm);
        report_.tally = swarm.tally();
        report_.acknowledged = swarm.acknowledged();
        std::ranges::copy(swarm.tally().broken, std::back_inserter(report_.broken));
        report_.double_charges = static_cast<int>(damage_.double_charges());
        report_.lost_acknowledgements = static_cast<int>(damage_.lost_acknowledgements());
        return std::move(report_);
    }

private:
    // False when the gateway failed: there is nothing final to compare.
    bool go_through(Swarm& swarm) {
        try {
            storm(swarm);
            heal(swarm);
            compare();
            count_executions();
            return true;
        } catch (const GatewayFailed& failed) {
            report_.broken.emplace_back(failed.what());
            return false;
        }
    }

    void say(std::string line) const {
        if (options_.say) options_.say(std::move(line));
    }

    SwarmOptions swarm_options() {
        SwarmOptions options{
            .ports = {site_.port()}, .clients = options_.clients, .seed = options_.seed, .run = "self"};
        for (int i = 0; i < kMerchants; ++i) options.keys.push_back(site_.new_key());
        options.acks = site_.file("acks.jsonl");
        options.patience = milliseconds(10'000);
        return options;
    }

    bool is_enough(Clock::time_point end) const {
        return options_.seconds > 0 ? Clock::now() >= end : report_.crashes >= options_.kills;
    }

    void storm(Swarm& swarm) {
        const auto end = Clock::now() + std::chrono::seconds(options_.seconds);
        auto next = Clock::now() + milliseconds(500);
        std::uint64_t answered_before = 0;
        site_.misbehave();
        last_final_ = Clock::now();
        while (!is_enough(end)) {
            turn(swarm);
            listen(swarm);
            // A crash that meets nobody shows nothing: it waits until all works again and requests are under way.
            const auto answered = swarm.tally().finals - answered_before;
            const bool works = answered >= static_cast<std::uint64_t>(options_.clients);
            if (Clock::now() < next || !works || swarm.in_flight() == 0) continue;
            strike(choose(dice_), swarm);
            answered_before = swarm.tally().finals;
            next = Clock::now() + milliseconds(dice_.between(300, 1'500));
        }
    }

    void turn(Swarm& swarm) {
        go_on_or_throw();
        swarm.turn(kTurn);
        site_.look_after_gateway();
    }

    void listen(const Swarm& swarm) {
        const auto now = Clock::now();
        if (std::exchange(finals_, swarm.tally().finals) != swarm.tally().finals) last_final_ = now;
        if (now - last_final_ < kSilence) return;
        throw GatewayFailed(fmt::format("for {} s the gateway gave no final answer", kSilence.count()));
    }

    void strike(Victim victim, Swarm& swarm) {
        const auto under_way = swarm.in_flight();
        const bool is_postgres = (victim == Victim::postgres || victim == Victim::both) && site_.kill_postgres();
        const bool is_gateway = victim == Victim::gateway || victim == Victim::both;
        if (victim == Victim::postgres && !is_postgres) return;
        if (victim == Victim::both && !is_postgres) victim = Victim::gateway;
        if (is_gateway) site_.kill_gateway();
        if (victim == Victim::simulator) site_.kill_simulator();
        ++report_.crashes;
        report_.of_postgres += is_postgres ? 1 : 0;
        report_.of_gateway += is_gateway ? 1 : 0;
        report_.of_simulator += victim == Victim::simulator ? 1 : 0;
        report_.in_flight += under_way;
        say(fmt::format("{:>4}  kill -9 {}, {} requests in flight", report_.crashes, name_of(victim), under_way));
        site_.start_the_dead();
        if (victim == Victim::simulator) site_.misbehave();
    }

    void heal(Swarm& swarm) {
        say("healing: everybody lives, the PSP answers");
        site_.behave();
        site_.wait_until_ready();
        swarm.leave();
        const auto end = Clock::now() + kToSettle;
        while (!swarm.is_gone()) {
            turn(swarm);
            if (Clock::now() > end) throw GatewayFailed("the clients do not come to an end: what is pending stays so");
        }
    }

    // Until nothing is open: then what the check finds is final.
    void compare() {
        say("settling what is unknown, then comparing books, PSP and acknowledged answers");
        const auto end = Clock::now() + kToSettle;
        for (;;) {
            go_on_or_throw();
            const auto checked = site_.florin(
                {"verify", "--deep", "--acks", site_.file("acks.jsonl").string(), "--pages-per-second", "100000"});
            site_.look_after_gateway();
            const auto value = json::parse(checked.output, {.bytes = std::size_t{16} << 20, .members = 100'000});
            if (!value || !value->is_object()) throw std::runtime_error("florin verify --deep printed no report");
            const auto& counted = value->at("counted").as_object();
            report_.open = counted.at("open").as_int64() + counted.at("changed meanwhile").as_int64();
            if (report_.open > 0 && Clock::now() < end) {
                std::this_thread::sleep_for(milliseconds(1'000));
                continue;
            }
            report_.payments = counted.at("compared").as_int64();
            return keep_findings(value->at("findings").as_array());
        }
    }

    void keep_findings(const boost::json::array& findings) {
        for (const auto& finding : findings) {
            const auto text = [&](const char* name) { return std::string(finding.at(name).as_string()); };
            report_.broken.push_back(fmt::format("{} {}: {}", text("check"), text("row"), text("detail")));
            damage_.add_finding(text("check"), text("row"));
        }
        if (report_.open > 0) report_.broken.push_back(fmt::format("{} payments are still open", report_.open));
    }

    // The PSP's own record of what it executed, which the gateway never reads.
    void count_executions() {
        const auto answer = ask(site_.simulator_port(), "GET", "/_simulator/truth/duplicates");
        const auto value = json::parse(answer.body, {.bytes = std::size_t{16} << 20, .members = 100'000});
        if (!value || !value->is_object()) throw std::runtime_error("the simulator does not tell its truth");
        for (const auto& row : value->at("data").as_array()) {
            damage_.add_duplicate(row.as_object());
            report_.broken.push_back("the PSP executed twice: " + json::canonical(row));
        }
    }

    Options options_;
    Site site_;
    Dice dice_;
    Damage damage_{};
    std::uint64_t finals_ = 0;
    Clock::time_point last_final_{};
    Report report_{};
};

}  // namespace

Report run_selftest(Programs programs, Options options) {
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { is_interrupted = 1; });
    return Selftest(std::move(programs), std::move(options)).run();
}

std::string last_line(const Report& report) {
    const auto crashes = fmt::format("{} crashes hit {} requests in flight", report.crashes, report.in_flight);
    if (!report.is_compared) return crashes + ": the gateway failed, and nothing was compared";
    return fmt::format("{}: {} double charges, {} lost acknowledgements", crashes, report.double_charges,
                       report.lost_acknowledgements);
}

}  // namespace florin::selftest
