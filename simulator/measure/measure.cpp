#include "simulator/measure/measure.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace florin::simulator {
namespace {

// This program again, with other arguments, until the end of the scope.
class Child {
public:
    explicit Child(std::vector<std::string> arguments) {
        std::array<int, 2> pipe{};
        if (::pipe(pipe.data()) != 0) throw std::runtime_error("pipe");
        process_ = ::fork();
        if (process_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::dup2(pipe[1], STDOUT_FILENO);
            std::vector<char*> list;
            arguments.insert(arguments.begin(), "florin-simulator");
            for (auto& argument : arguments) list.push_back(argument.data());
            list.push_back(nullptr);
            ::execv("/proc/self/exe", list.data());
            ::_exit(1);
        }
        ::close(pipe[1]);
        read_port(pipe[0]);
        ::close(pipe[0]);
    }
    ~Child() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    int process() const { return process_; }
    std::uint16_t port() const { return port_; }

private:
    // From its first line: "… listens on http://127.0.0.1:<port>…".
    void read_port(int from) {
        constexpr std::string_view kBefore = "http://127.0.0.1:";
        std::string line;
        char next = 0;
        while (::read(from, &next, 1) == 1 && next != '\n') line.push_back(next);
        const auto at = line.find(kBefore);
        if (at == std::string::npos) throw std::runtime_error("a server did not start: " + line);
        port_ = static_cast<std::uint16_t>(std::atoi(line.c_str() + at + kBefore.size()));
    }

    int process_ = -1;
    std::uint16_t port_ = 0;
};

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        auto name = (std::filesystem::temp_directory_path() / "florin-measure-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
        path_ = name;
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

double cost_of(const LoadResult& result) {
    return static_cast<double>(result.cpu_us) / static_cast<double>(std::max<std::int64_t>(result.answers, 1));
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

}  // namespace

void measure(const MeasureOptions& options) {
    std::vector<double> simulator, floor;
    for (int round = 1; round <= options.rounds; ++round) {
        std::size_t bytes = 0;
        {
            const TemporaryDirectory data;
            const Child child({"--port", "0", "--data", data.path(), "--seed", "1"});
            const auto result = drive(child.port(), child.process(), options.load);
            bytes = result.answer_bytes;
            simulator.push_back(cost_of(result));
            std::printf("round %d: %lld payments of %zu bytes, simulator %.2f us", round,
                        static_cast<long long>(result.answers), bytes, simulator.back());
        }
        const Child child({"floor", "--bytes", std::to_string(bytes)});
        const auto result = drive(child.port(), child.process(), options.load);
        floor.push_back(cost_of(result));
        std::printf(", floor %.2f us (%lld answers)\n", floor.back(), static_cast<long long>(result.answers));
        std::fflush(stdout);
    }
    std::printf("CPU per payment, medians: simulator %.2f us, floor %.2f us, difference %.2f us\n", median(simulator),
                median(floor), median(simulator) - median(floor));
}

}  // namespace florin::simulator
