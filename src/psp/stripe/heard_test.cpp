#include "psp/stripe/heard.hpp"

#include <gtest/gtest.h>

namespace florin::psp::stripe {
namespace {

using Kind = Heard::Kind;

TEST(HeardTest, what_stripe_says_of_itself) {
    struct Row {
        const char* what;
        int status;  // 0: no answer
        const char* retry_after;
        Kind kind;
        std::optional<std::int64_t> wait_s;
        bool replayed = false;
    };
    const auto now = *parse_time("1994-11-06T08:49:07.000Z");
    for (const auto& row : std::initializer_list<Row>{
             {"an answer", 200, "", Kind::answered, std::nullopt},
             {"a decline", 402, "", Kind::answered, std::nullopt},
             {"a conflict of one key", 409, "7", Kind::answered, std::nullopt},
             {"too many", 429, "", Kind::limited, std::nullopt},
             {"too many, with a time", 429, "30", Kind::limited, 30},
             {"too many, with a date", 429, "Sun, 06 Nov 1994 08:49:37 GMT", Kind::limited, 30},
             {"a date gone by", 429, "Sun, 06 Nov 1994 08:00:00 GMT", Kind::limited, 0},
             {"an hour is the longest", 429, "31536000", Kind::limited, 3600},
             {"no time at all", 429, "soon", Kind::limited, std::nullopt},
             {"its own trouble", 500, "", Kind::silent, std::nullopt},
             {"what its trouble was, told again", 500, "", Kind::answered, std::nullopt, true},
             {"maintenance", 503, "120", Kind::silent, 120},
             {"nothing", 0, "", Kind::silent, std::nullopt},
         }) {
        std::expected<http::ClientAnswer, http::ClientFailure> wire = std::unexpected(http::ClientFailure{});
        if (row.status != 0) wire = http::ClientAnswer{.status = row.status, .headers = {}, .body = {}};
        if (row.status != 0 && *row.retry_after != '\0') wire->headers.emplace_back("retry-after", row.retry_after);
        if (row.replayed) wire->headers.emplace_back("idempotent-replayed", "true");
        const auto heard = heard_of(wire, now);
        EXPECT_EQ(heard.kind, row.kind) << row.what;
        ASSERT_EQ(heard.wait.has_value(), row.wait_s.has_value()) << row.what;
        if (row.wait_s) {
            EXPECT_EQ(heard.wait->count(), *row.wait_s * 1000) << row.what;
        }
    }
}

}  // namespace
}  // namespace florin::psp::stripe
