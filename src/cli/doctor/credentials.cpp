#include <fmt/format.h>

#include <filesystem>

#include "cli/doctor/state.hpp"

namespace florin::cli {
namespace {

constexpr const char* kKeys = R"sql(
    select (select count(*) from merchants where closed_at is null),
           count(*) filter (where expires_at is null or expires_at > florin_now()),
           count(*)
    from api_keys where revoked_at is null and merchant_id is not null
)sql";

// A key that was rotated has its successor and may end.
constexpr const char* kExpiring = R"sql(
    select id, coalesce(name, ''), expires_at from api_keys
    where revoked_at is null and replaced_by is null
      and expires_at > florin_now() and expires_at < florin_now() + interval '14 days'
    order by expires_at limit 5
)sql";

Finding judge_merchants(std::int64_t merchants) {
    if (merchants > 0) return {"merchants", Health::ok, fmt::format("{} active", merchants)};
    return {"merchants", Health::wrong, "there is none: florin merchants create --name '...' makes one"};
}

Finding judge_keys(std::int64_t keys) {
    if (keys > 0) return {"keys", Health::ok, fmt::format("{} valid", keys)};
    return {"keys", Health::wrong, "no merchant has a valid key: florin keys create --merchant mer_... --name '...'"};
}

Finding judge_pepper(const config::Config& config, std::int64_t keys) {
    if (!config.pepper.empty()) return {"pepper", Health::ok, "FLORIN_PEPPER is set"};
    const auto file = config.data / "pepper";
    if (std::filesystem::exists(file)) return {"pepper", Health::ok, file.string()};
    if (keys == 0) return {"pepper", Health::ok, "is made when the first key is"};
    return {"pepper", Health::wrong,
            fmt::format("{} is gone and FLORIN_PEPPER is not set: no API key is valid without it; put it back from the "
                        "backup",
                        file.string())};
}

}  // namespace

Task<Findings> look_at_credentials(postgres::Connection& connection, config::Config config, Deadline deadline) {
    const auto counted = co_await connection.query(kKeys, {}, deadline);
    const auto row = counted[0];
    Findings findings{judge_merchants(row.int8(0)), judge_keys(row.int8(1)), judge_pepper(config, row.int8(2))};
    const auto expiring = co_await connection.query(kExpiring, {}, deadline);
    for (int i = 0; i < expiring.size(); ++i) {
        const auto id = to_string(KeyId(expiring[i].uuid(0)));
        findings.push_back({"keys", Health::warning,
                            fmt::format("{} ({}) expires at {}: florin keys rotate {}", id, expiring[i].text(1),
                                        format_time(expiring[i].time(2)), id)});
    }
    co_return findings;
}

}  // namespace florin::cli
