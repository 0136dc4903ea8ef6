// The configuration file, read as the gateway reads it: from a file (in memory) and without secrets in the environment.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/config.hpp"
#include "fuzz/property.hpp"

namespace florin::fuzz {
namespace {

// One file for all inputs: its content is replaced.
const std::string& path_with(std::string_view content) {
    static const int file = memfd_create("florin.toml", 0);
    static const std::string path = "/proc/self/fd/" + std::to_string(file);
    must(file >= 0 && ftruncate(file, 0) == 0, "the file can be made");
    must(pwrite(file, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()), "and written");
    return path;
}

void must_be_within_limits(const config::Config& config) {
    must(config.writers >= 1 && config.writers <= 64, "writers are within limits");
    must(config.answer_within.count() >= 100 && config.answer_within <= config.psp_deadline,
         "a client waits no longer than the gateway");
    must(!config.address.empty() && !config.data.empty(), "address and data directory are there");
    for (const auto* account : {&config.stripe_test, &config.stripe_live}) {
        if (!*account) continue;
        const bool live = account == &config.stripe_live;
        must(!(*account)->base_url.empty(), "an account has an address");
        must(!live || (*account)->base_url.starts_with("https://"), "a live account is called by https");
        must((*account)->secret_key.empty(), "no secret comes from the file");
        must((*account)->name.find(':') == std::string::npos, "a name does not break ledger paths");
    }
    must(config.pepper.empty(), "no secret comes from the file");
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    for (const char* name :
         {"FLORIN_DATABASE_URL", "FLORIN_PEPPER", "FLORIN_STRIPE_TEST_KEY", "FLORIN_STRIPE_LIVE_KEY"})
        unsetenv(name);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    const auto& path = fuzz::path_with(fuzz::text_of(data, size));
    const auto config = config::load(path);
    if (config) {
        fuzz::must_be_within_limits(*config);
    } else {
        fuzz::must(!config.error().detail.empty(), "a refusal says why");
        fuzz::must(json::is_utf8(config.error().detail), "a refusal is valid UTF-8");
    }
    return 0;
}
