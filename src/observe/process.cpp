#include "observe/process.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace florin::observe {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

// Fields of /proc/self/stat behind the name, which ends with the last ')' (proc(5) counts from 1; state is field 3).
struct Stat {
    double user_ticks = 0, system_ticks = 0, start_ticks = 0, virtual_bytes = 0, resident_pages = 0;
};

Stat read_stat() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    Stat stat;
    std::string field;
    for (int number = 3; fields >> field; ++number) {
        const double value = number == 3 ? 0 : std::atof(field.c_str());
        if (number == 14) stat.user_ticks = value;
        if (number == 15) stat.system_ticks = value;
        if (number == 22) stat.start_ticks = value;
        if (number == 23) stat.virtual_bytes = value;
        if (number == 24) stat.resident_pages = value;
    }
    return stat;
}

double boot_time() {
    std::ifstream file("/proc/stat");
    for (std::string word; file >> word;) {
        double value = 0;
        if (word == "btime" && file >> value) return value;
    }
    return 0;
}

double open_descriptors() {
    struct Closing {
        void operator()(DIR* directory) const { ::closedir(directory); }
    };
    const std::unique_ptr<DIR, Closing> directory(::opendir("/proc/self/fd"));
    int entries = 0;
    while (directory && ::readdir(directory.get())) ++entries;
    return std::max(0, entries - 3);  // ".", ".." and the directory itself
}

double most_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

MetricFamily family(std::string name, std::string help, MetricType type, double value,
                    std::vector<prometheus::ClientMetric::Label> labels = {}) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    return {std::move(name), std::move(help), type, {std::move(metric)}};
}

}  // namespace

std::vector<MetricFamily> process_families() {
    const auto stat = read_stat();
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    return {
        family("process_cpu_seconds_total", "Processor time used, user and system.", MetricType::Counter,
               (stat.user_ticks + stat.system_ticks) / ticks),
        family("process_resident_memory_bytes", "Memory in use.", MetricType::Gauge,
               stat.resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE))),
        family("process_virtual_memory_bytes", "Address space in use.", MetricType::Gauge, stat.virtual_bytes),
        family("process_open_fds", "Open file descriptors.", MetricType::Gauge, open_descriptors()),
        family("process_max_fds", "File descriptors that may be open.", MetricType::Gauge, most_descriptors()),
        family("process_start_time_seconds", "When the process began, Unix time.", MetricType::Gauge,
               boot_time() + stat.start_ticks / ticks),
        family("florin_build_info", "Always 1; the label says which version runs.", MetricType::Gauge, 1,
               {{"version", FLORIN_VERSION}}),
    };
}

}  // namespace florin::observe
