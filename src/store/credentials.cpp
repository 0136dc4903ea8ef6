#include "store/credentials.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "postgres/pool.hpp"
#include "store/credential_statements.hpp"

namespace florin::store {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kConnections = 2;
constexpr std::size_t kKeyCharacters = 48;
constexpr std::size_t kCached = 100'000;
// A cached key is read again after a second by one request while the others go on with what is known; nothing older
// than three is used, so that a revoked key is refused within 5 s on every process.
constexpr std::chrono::seconds kFresh{1};
constexpr std::chrono::seconds kUsable{3};

std::string_view prefix_of(bool live) {
    return live ? "sk_live_" : "sk_test_";
}

bool has_key_form(std::string_view key) {
    if (!key.starts_with(prefix_of(false)) && !key.starts_with(prefix_of(true))) return false;
    const auto secret = key.substr(prefix_of(false).size());
    return secret.size() == kKeyCharacters && std::ranges::all_of(secret, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
           });
}

std::string as_bytes(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// One row per fee plan, the merchant's columns repeated; a merchant without any plan has nulls.
Merchant merchant_of(const postgres::Rows& rows, int first, int last, int column) {
    Merchant merchant{.id = MerchantId(rows[first].uuid(column)),
                      .name = std::string(rows[first].text(column + 1)),
                      .default_fee = {},
                      .fees = {}};
    for (int i = first; i < last; ++i) {
        const auto row = rows[i];
        if (row.is_null(column + 3)) continue;
        const ledger::FeeRule rule{.basis_points = row.int4(column + 3), .fixed = row.int8(column + 4)};
        if (row.is_null(column + 2)) {
            merchant.default_fee = rule;
        } else {
            merchant.fees.emplace(row.text(column + 2), rule);
        }
    }
    return merchant;
}

KeyRow key_row_of(const postgres::Row& row) {
    return {.id = KeyId(row.uuid(0)),
            .merchant = MerchantId(row.uuid(1)),
            .live = row.boolean(2),
            .name = std::string(row.text(3)),
            .hint = std::string(row.text(4)),
            .created_at = row.time(5),
            .revoked_at = row.optional_time(6)};
}

Bucket random_bucket() {
    const auto digest = sha256(random_token(32));
    return Bucket{static_cast<std::uint16_t>((digest[0] << 8 | digest[1]) % kBuckets)};
}

}  // namespace

const ledger::FeeRule& Merchant::fee_for(Currency currency) const {
    const auto found = fees.find(std::string(currency.code()));
    return found == fees.end() ? default_fee : found->second;
}

struct Credentials::State {
    struct Known {
        Credential credential;
        Steady::time_point read_at;
        bool is_refreshing = false;
    };

    postgres::Pool pool;
    Secret pepper;
    SystemClock clock;
    std::unordered_map<std::string, Known> known{};  // by keyed hash

    std::string hash_of(std::string_view key) const { return as_bytes(hmac_sha256(pepper.expose(), key)); }

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
};

Credentials::Credentials(boost::asio::any_io_executor executor, std::string conninfo, Secret pepper)
    : state_(new State{
          .pool = postgres::Pool(std::move(executor), std::move(conninfo), kConnections, prepare_credential_statements),
          .pepper = std::move(pepper),
          .clock = {}}) {}

Credentials::~Credentials() = default;

Task<std::optional<Credential>> Credentials::find_key(std::string key, Deadline deadline,
                                                      std::function<bool()> may_look_up) {
    if (!has_key_form(key)) co_return std::nullopt;
    const auto hash = state_->hash_of(key);
    if (auto credential = state_->find_known(hash)) co_return credential;
    // What is known but old is looked up again without asking: nobody's guesses may lock a good key out.
    if (may_look_up && !state_->known.contains(hash) && !may_look_up()) co_return std::nullopt;
    const auto begun = Steady::now();
    postgres::Params params;
    params.add_bytes(hash);
    const auto rows = co_await state_->pool.execute("find_key", std::move(params), deadline);
    if (rows.empty()) {
        state_->known.erase(hash);
        co_return std::nullopt;
    }
    auto merchant = std::make_shared<const Merchant>(merchant_of(rows, 0, rows.size(), 2));
    Credential credential{.key = KeyId(rows[0].uuid(0)), .live = rows[0].boolean(1), .merchant = std::move(merchant)};
    state_->know(hash, credential, begun);
    co_return credential;
}

Task<Merchant> Credentials::create_merchant(std::string name, ledger::FeeRule fee, Deadline deadline) {
    const auto now = state_->clock.now();
    Merchant merchant{
        .id = MerchantId::make(now, random_bucket(), false), .name = std::move(name), .default_fee = fee, .fees = {}};
    postgres::Params params;
    params.add(merchant.id.uuid()).add(merchant.name).add(now).add(fee.basis_points).add(fee.fixed);
    co_await state_->pool.execute("create_merchant", std::move(params), deadline);
    co_return merchant;
}

Task<std::vector<Merchant>> Credentials::list_merchants(Deadline deadline) {
    const auto rows = co_await state_->pool.execute("list_merchants", postgres::Params{}, deadline);
    std::vector<Merchant> merchants;
    for (int first = 0; first < rows.size();) {
        int last = first + 1;
        while (last < rows.size() && rows[last].uuid(0) == rows[first].uuid(0)) ++last;
        merchants.push_back(merchant_of(rows, first, last, 0));
        first = last;
    }
    co_return merchants;
}

Task<Checked<Credentials::NewKey>> Credentials::create_key(MerchantId merchant, bool live, std::string name,
                                                           Deadline deadline) {
    const auto now = state_->clock.now();
    const Secret key(std::string(prefix_of(live)) + random_token(kKeyCharacters));
    const auto hint = std::string(prefix_of(live)) + "…" + std::string(key.expose().substr(key.expose().size() - 4));
    const auto id = KeyId::make(now, bucket_of(merchant.uuid()), live);
    postgres::Params params;
    params.add(id.uuid()).add(merchant.uuid()).add(live).add(name).add(hint);
    params.add_bytes(state_->hash_of(key.expose())).add(now);
    const auto rows = co_await state_->pool.execute("create_key", std::move(params), deadline);
    if (rows.empty()) {
        co_return refuse(Error::not_found, "there is no merchant " + to_string(merchant) +
                                               "; `florin merchants list` shows those that exist");
    }
    co_return NewKey{.row = key_row_of(rows[0]), .key = key};
}

Task<Checked<KeyRow>> Credentials::revoke_key(KeyId id, Deadline deadline) {
    postgres::Params params;
    params.add(id.uuid()).add(state_->clock.now());
    const auto rows = co_await state_->pool.execute("revoke_key", std::move(params), deadline);
    if (rows.empty()) {
        co_return refuse(Error::not_found,
                         "there is no key " + to_string(id) + "; `florin keys list` shows those that exist");
    }
    std::erase_if(state_->known, [&](const auto& entry) { return entry.second.credential.key == id; });
    co_return key_row_of(rows[0]);
}

Task<std::vector<KeyRow>> Credentials::list_keys(std::optional<MerchantId> merchant, Deadline deadline) {
    postgres::Params params;
    if (merchant) {
        params.add(merchant->uuid());
    } else {
        params.add_null(postgres::Oid::uuid);
    }
    const auto rows = co_await state_->pool.execute("list_keys", std::move(params), deadline);
    std::vector<KeyRow> keys;
    for (int i = 0; i < rows.size(); ++i) keys.push_back(key_row_of(rows[i]));
    co_return keys;
}

}  // namespace florin::store
