// The world of a selftest: a temporary directory with a simulator, a gateway with its own PostgreSQL, and two
// merchants.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "selftest/child.hpp"

namespace florin::selftest {

// The program florin that runs, and florin-simulator beside it, or how to get it.
struct Programs {
    std::filesystem::path florin, simulator;
};
Checked<Programs> find_programs();

// The gateway ended though nobody killed it, or does not answer any more.
struct GatewayFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Site {
public:
    // Makes the directory and starts nothing yet.
    Site(Programs programs, bool is_kept);
    ~Site();
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    // These throw GatewayFailed with the last line of its log.
    void start();           // until the gateway is ready
    void start_the_dead();  // whoever was killed; waits for the simulator alone
    void wait_until_ready();
    void look_after_gateway() {
        if (gateway_.ended_by_itself()) fail("the gateway ended by itself");
    }

    void kill_gateway() { gateway_.kill(); }
    void kill_simulator() { simulator_.kill(); }
    bool kill_postgres();  // false when none of this directory runs now
    // What the PSP does wrong from now on, forgotten with every kill of the simulator.
    void misbehave();
    void behave();

    // A florin command on this world; with --json.
    Finished florin(std::vector<std::string> arguments);
    std::string new_key();  // of a new merchant
    std::uint16_t port() const { return port_; }
    std::uint16_t simulator_port() const { return simulator_port_; }
    std::filesystem::path file(std::string_view name) const { return directory_ / name; }
    const std::filesystem::path& directory() const { return directory_; }

private:
    void write_config() const;
    [[noreturn]] void fail(std::string_view what) const;
    Program program(const std::filesystem::path& path, std::vector<std::string> arguments, std::string_view log) const;

    Programs programs_;
    bool is_kept_;
    std::filesystem::path directory_;
    std::uint16_t port_, simulator_port_;
    std::vector<std::string> settings_;
    Child simulator_, gateway_;
};

}  // namespace florin::selftest
