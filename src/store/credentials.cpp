#include "store/credentials.hpp"

#include <boost/asio/as_tuple.hpp>
#include <chrono>
#include <unordered_map>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/timer.hpp"
#include "postgres/pool.hpp"
#include "store/credential_secret.hpp"
#include "store/credential_statements.hpp"
#include "store/credential_use.hpp"

namespace florin::store {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kConnections = 2;
constexpr std::size_t kCached = 100'000;
// A cached key is read again after a second by one request while the others go on with what is known; nothing older
// than three is used.
constexpr std::chrono::seconds kFresh{1};
constexpr std::chrono::seconds kUsable{3};

// Columns of find_key: id, live, scopes, the merchant's.
Credential credential_of(const postgres::Rows& rows) {
    const auto head = rows[0];
    const auto scopes = Scopes::parse(head.text(2));
    FLORIN_ASSERT(scopes.has_value());
    Credential credential{.key = KeyId(head.uuid(0)), .scopes = *scopes, .live = false, .merchant = nullptr};
    if (head.is_null(1)) return credential;
    credential.live = head.boolean(1);
    credential.merchant = std::make_shared<const Merchant>(merchant_of(rows, 0, rows.size(), 3));
    return credential;
}

}  // namespace

struct Credentials::State {
    struct Known {
        Credential credential;
        Steady::time_point read_at;
        bool is_refreshing = false;
    };

    // What requests of one key that come together wait for: one of them asks the database.
    struct LookUp {
        Timer ended;
        std::optional<Credential> found{};
        std::exception_ptr failure{};
    };

    boost::asio::any_io_executor executor;
    std::shared_ptr<postgres::Pool> pool;
    Secret pepper;
    KeyUse use;
    std::unordered_map<std::string, Known> known{};  // by keyed hash
    std::unordered_map<std::string, std::shared_ptr<LookUp>> running{};

    // The cached credential, unless this request is the one to read it again.
    std::optional<Credential> find_known(const std::string& hash) {
        const auto found = known.find(hash);
        if (found == known.end()) return std::nullopt;
        const auto age = Steady::now() - found->second.read_at;
        if (age > kUsable) return std::nullopt;
        if (age > kFresh && !found->second.is_refreshing) {
            found->second.is_refreshing = true;
            return std::nullopt;
        }
        return found->second.credential;
    }

    void know(const std::string& hash, Credential credential, Steady::time_point read_at) {
        if (known.size() >= kCached) known.clear();
        known.insert_or_assign(hash, Known{.credential = std::move(credential), .read_at = read_at});
    }

    Task<std::optional<Credential>> look_up(std::string hash, Deadline deadline) {
        const auto begun = Steady::now();
        postgres::Params params;
        params.add_bytes(hash);
        const auto rows = co_await pool->execute("find_key", std::move(params), deadline);
        if (rows.empty()) {
            known.erase(hash);
            co_return std::nullopt;
        }
        auto credential = credential_of(rows);
        know(hash, credential, begun);
        co_return credential;
    }

    Task<std::optional<Credential>> look_up_for_all(std::string hash, Deadline deadline) {
        const auto mine = std::make_shared<LookUp>(Timer(executor, Timer::time_point::max()));
        running.emplace(hash, mine);
        try {
            mine->found = co_await look_up(hash, deadline);
        } catch (...) {
            mine->failure = std::current_exception();
        }
        running.erase(hash);
        mine->ended.cancel();
        if (mine->failure) std::rethrow_exception(mine->failure);
        co_return mine->found;
    }

    static Task<std::optional<Credential>> join(std::shared_ptr<LookUp> other) {
        co_await other->ended.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        if (other->failure) std::rethrow_exception(other->failure);
        co_return other->found;
    }
};

Credentials::Credentials(boost::asio::any_io_executor executor, std::string conninfo, Secret pepper) {
    auto pool =
        std::make_shared<postgres::Pool>(executor, std::move(conninfo), kConnections, prepare_credential_statements);
    state_.reset(new State{
        .executor = executor, .pool = pool, .pepper = std::move(pepper), .use = KeyUse(std::move(executor), pool)});
}

Credentials::~Credentials() = default;

Task<std::optional<Credential>> Credentials::find_key(std::string key, Deadline deadline,
                                                      std::function<bool()> may_look_up) {
    if (!has_key_form(key)) co_return std::nullopt;
    const auto hash = hash_of_key(state_->pepper, key);
    auto credential = state_->find_known(hash);
    if (!credential) {
        if (const auto running = state_->running.find(hash); running != state_->running.end()) {
            credential = co_await State::join(running->second);
        } else {
            // What is known but old is looked up again without asking: nobody's guesses may lock a good key out.
            if (may_look_up && !state_->known.contains(hash) && !may_look_up()) co_return std::nullopt;
            credential = co_await state_->look_up_for_all(hash, deadline);
        }
    }
    if (credential) state_->use.note(credential->key);
    co_return credential;
}

void Credentials::forget(KeyId key) {
    std::erase_if(state_->known, [&](const auto& entry) { return entry.second.credential.key == key; });
}

void Credentials::forget(MerchantId merchant) {
    std::erase_if(state_->known, [&](const auto& entry) {
        const auto& owner = entry.second.credential.merchant;
        return owner && owner->id == merchant;
    });
}

}  // namespace florin::store
