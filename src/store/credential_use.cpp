#include "store/credential_use.hpp"

#include <chrono>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/task.hpp"
#include "observe/log.hpp"

namespace florin::store {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::minutes kOnceIn{1};
constexpr Milliseconds kWriteWithin{5'000};
constexpr std::size_t kRemembered = 100'000;

}  // namespace

struct KeyUse::State {
    boost::asio::any_io_executor executor;
    std::shared_ptr<postgres::Pool> pool;
    std::unordered_map<KeyId, Steady::time_point> noted{};
    std::vector<KeyId> waiting{};
    bool is_writing = false;

    // True once a minute per key.
    bool is_due(KeyId key) {
        const auto now = Steady::now();
        if (noted.size() >= kRemembered && !noted.contains(key)) noted.clear();
        const auto [entry, is_new] = noted.try_emplace(key, now);
        if (!is_new && now - entry->second < kOnceIn) return false;
        entry->second = now;
        return true;
    }

    // The state outlives the write: a shutdown may take the KeyUse away meanwhile.
    static Task<void> write_waiting(std::shared_ptr<State> state) {
        while (!state->waiting.empty()) {
            postgres::Array ids(postgres::Oid::uuid);
            for (const KeyId key : std::exchange(state->waiting, {})) ids.add(key.uuid());
            postgres::Params params;
            params.add(std::move(ids));
            try {
                co_await state->pool->execute("note_key_use", std::move(params), Deadline::after(kWriteWithin));
            } catch (const std::exception& error) {
                observe::log(observe::Level::warning, "keys.last_use_not_written", {{"why", error.what()}});
            }
        }
        state->is_writing = false;
    }
};

KeyUse::KeyUse(boost::asio::any_io_executor executor, std::shared_ptr<postgres::Pool> pool)
    : state_(new State{.executor = std::move(executor), .pool = std::move(pool)}) {}

KeyUse::~KeyUse() = default;

void KeyUse::note(KeyId key) {
    if (!state_->is_due(key)) return;
    state_->waiting.push_back(key);
    if (std::exchange(state_->is_writing, true)) return;
    spawn(state_->executor, State::write_waiting(state_));
}

}  // namespace florin::store
