// Every type goes to the server and comes back unchanged, alone, as NULL and in arrays.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <climits>

#include "postgres/postgres_fixture.hpp"

namespace florin::postgres {
namespace {

const Uuid kUuid{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255}};
const WallTime kTime{std::chrono::microseconds(1'773'396'000'123'456)};  // 2026-03-13T10:00:00.123456Z
const WallTime kBefore2000{std::chrono::microseconds(-1)};

class Values : public test::OnLoop {
protected:
    void SetUp() override { connection_ = connect(); }
    Rows ask(std::string sql, Params params) { return query(*connection_, std::move(sql), std::move(params)); }
    test::ConnectionPtr connection_;
};

TEST_F(Values, scalars_come_back_as_they_went) {
    Params params;
    params.add(true).add(std::int16_t{SHRT_MIN}).add(std::int32_t{INT_MIN}).add(std::int64_t{LLONG_MAX});
    params.add("naïve").add_bytes(std::string_view("\0\xff", 2)).add(kUuid).add(kTime).add_jsonb(R"({"a": 1})");
    const auto rows = ask("SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 'EUR'::char(3)", std::move(params));
    const auto row = rows[0];
    EXPECT_TRUE(row.boolean(0));
    EXPECT_EQ(row.int2(1), SHRT_MIN);
    EXPECT_EQ(row.int4(2), INT_MIN);
    EXPECT_EQ(row.int8(3), LLONG_MAX);
    EXPECT_EQ(row.text(4), "naïve");
    EXPECT_EQ(row.text(5), std::string_view("\0\xff", 2));
    EXPECT_EQ(row.uuid(6), kUuid);
    EXPECT_EQ(row.time(7), kTime);
    EXPECT_EQ(row.text(8), R"({"a": 1})");
    EXPECT_EQ(row.text(9), "EUR");
}

TEST_F(Values, the_server_reads_the_same_value) {
    Params params;
    params.add(std::int64_t{-2}).add(kTime).add(kBefore2000).add(kUuid).add(false);
    const auto rows =
        ask("SELECT $1::int8 = -2, $2::timestamptz = '2026-03-13T10:00:00.123456Z', "
            "$3::timestamptz = '1969-12-31T23:59:59.999999Z', $4::uuid = '00010203-0405-0607-0809-0a0b0c0d0eff', NOT "
            "$5::bool",
            std::move(params));
    for (int column = 0; column < 5; ++column) EXPECT_TRUE(rows[0].boolean(column)) << column;
}

TEST_F(Values, null_is_not_empty) {
    Params params;
    params.add_null(Oid::text).add("").add_null(Oid::uuid).add_null(Oid::timestamptz);
    const auto rows = ask("SELECT $1, $2, $3, $4", std::move(params));
    const auto row = rows[0];
    EXPECT_FALSE(row.optional_text(0).has_value());
    EXPECT_EQ(row.optional_text(1), "");
    EXPECT_FALSE(row.optional_uuid(2).has_value());
    EXPECT_FALSE(row.optional_time(3).has_value());
}

// One array per column, as the set-based statements have them.
Params one_array_per_type() {
    Array flags(Oid::boolean), shorts(Oid::int2), ints(Oid::int4), longs(Oid::int8), texts(Oid::text),
        codes(Oid::bpchar), bytes(Oid::bytea), uuids(Oid::uuid), times(Oid::timestamptz), documents(Oid::jsonb);
    flags.add(true), shorts.add(std::int16_t{-7}), ints.add(std::int32_t{7}), longs.add(std::int64_t{1} << 40);
    texts.add(std::string_view("a,{\"")), codes.add(std::string_view("EUR"));
    bytes.add(std::string_view("\0x", 2)), uuids.add(kUuid), times.add(kTime), documents.add(std::string_view("[1]"));
    flags.add_null(), shorts.add_null(), ints.add_null(), longs.add_null(), texts.add(std::optional<std::string>());
    codes.add_null(), bytes.add_null(), uuids.add(std::optional<Uuid>()), times.add_null(), documents.add_null();
    Params params;
    params.add(std::move(flags)).add(std::move(shorts)).add(std::move(ints)).add(std::move(longs));
    params.add(std::move(texts)).add(std::move(codes)).add(std::move(bytes)).add(std::move(uuids));
    params.add(std::move(times)).add(std::move(documents));
    return params;
}

TEST_F(Values, arrays_of_every_type_with_nulls_unnest_into_rows) {
    const auto rows = ask(
        "SELECT * FROM unnest($1::bool[], $2::int2[], $3::int4[], $4::int8[], $5::text[], $6::bpchar[], $7::bytea[], "
        "$8::uuid[], $9::timestamptz[], $10::jsonb[])",
        one_array_per_type());
    ASSERT_EQ(rows.size(), 2);
    const auto row = rows[0];
    EXPECT_TRUE(row.boolean(0));
    EXPECT_EQ(row.int2(1), -7);
    EXPECT_EQ(row.int4(2), 7);
    EXPECT_EQ(row.int8(3), std::int64_t{1} << 40);
    EXPECT_EQ(row.text(4), "a,{\"");
    EXPECT_EQ(row.text(5), "EUR");
    EXPECT_EQ(row.text(6), std::string_view("\0x", 2));
    EXPECT_EQ(row.uuid(7), kUuid);
    EXPECT_EQ(row.time(8), kTime);
    EXPECT_EQ(row.text(9), "[1]");
    for (int column = 0; column < 10; ++column) EXPECT_TRUE(rows[1].is_null(column)) << column;
}

TEST_F(Values, an_empty_array_is_no_row) {
    Params params;
    params.add(Array(Oid::int8));
    EXPECT_TRUE(ask("SELECT unnest($1::int8[])", std::move(params)).empty());
}

RC_GTEST_FIXTURE_PROP(Values, any_integers_and_bytes_survive_the_round_trip,
                      (const std::vector<std::int64_t>& numbers, const std::vector<std::string>& texts)) {
    Array integers(Oid::int8), bytes(Oid::bytea);
    for (const auto number : numbers) integers.add(number);
    for (const auto& text : texts) bytes.add(text);
    Params params;
    params.add(std::move(integers)).add(std::move(bytes));
    const auto rows = ask("SELECT * FROM unnest($1::int8[], $2::bytea[])", std::move(params));
    RC_ASSERT(static_cast<std::size_t>(rows.size()) == std::max(numbers.size(), texts.size()));
    for (int i = 0; i < rows.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (at < numbers.size()) RC_ASSERT(rows[i].int8(0) == numbers[at]);
        if (at < texts.size()) RC_ASSERT(rows[i].text(1) == texts[at]);
    }
}

using ValuesDeathTest = Values;

TEST_F(ValuesDeathTest, reading_a_column_as_another_type_stops_the_process) {
    const auto rows = ask("SELECT 1::int4, NULL::int8", Params());
    EXPECT_DEATH(rows[0].int8(0), "");
    EXPECT_DEATH(rows[0].int8(1), "");
    EXPECT_DEATH(rows[0].int4(2), "");
    EXPECT_DEATH(rows[1], "");
}

TEST(ArrayDeathTest, an_element_of_another_type_stops_the_process) {
    EXPECT_DEATH(Array(Oid::int8).add(std::int32_t{1}), "");
    EXPECT_DEATH(Array(Oid::int8).add(std::string_view("1")), "");
}

}  // namespace
}  // namespace florin::postgres
