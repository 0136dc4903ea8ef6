#include "postgres/rows.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <initializer_list>

#include "base/assert.hpp"
#include "postgres/params.hpp"
#include "postgres/wire_format.hpp"

namespace florin::postgres {
namespace {

// Types whose binary form is their text: the ones of Oid, and those that catalogues and json columns answer with.
constexpr ::Oid kTextLike[] = {17, 19, 25, 114, 705, 1042, 1043, 3802};

const char* value_of(const pg_result* result, int row, int column) {
    FLORIN_ASSERT(column >= 0 && column < PQnfields(result));
    FLORIN_ASSERT(PQfformat(result, column) == 1);
    FLORIN_ASSERT(PQgetisnull(result, row, column) == 0);
    return PQgetvalue(result, row, column);
}

const char* value_of(const pg_result* result, int row, int column, Oid expected) {
    const char* value = value_of(result, row, column);
    FLORIN_ASSERT(PQftype(result, column) == static_cast<::Oid>(expected));
    return value;
}

}  // namespace

Rows::Rows(pg_result* result) : result_(result, [](pg_result* r) { PQclear(r); }) {}

int Rows::size() const {
    return PQntuples(result_.get());
}

Row Rows::operator[](int index) const {
    FLORIN_ASSERT(index >= 0 && index < size());
    return Row(result_.get(), index);
}

std::int64_t Rows::affected() const {
    const std::string_view text = PQcmdTuples(result_.get());
    std::int64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

bool Row::is_null(int column) const {
    FLORIN_ASSERT(column >= 0 && column < PQnfields(result_));
    return PQgetisnull(result_, index_, column) != 0;
}

bool Row::boolean(int column) const {
    return *value_of(result_, index_, column, Oid::boolean) != 0;
}

std::int16_t Row::int2(int column) const {
    return wire::read<std::int16_t>(value_of(result_, index_, column, Oid::int2));
}

std::int32_t Row::int4(int column) const {
    return wire::read<std::int32_t>(value_of(result_, index_, column, Oid::int4));
}

std::int64_t Row::int8(int column) const {
    return wire::read<std::int64_t>(value_of(result_, index_, column, Oid::int8));
}

std::string_view Row::text(int column) const {
    const char* value = value_of(result_, index_, column);
    const auto type = PQftype(result_, column);
    FLORIN_ASSERT(std::ranges::find(kTextLike, type) != std::end(kTextLike));
    std::string_view bytes(value, static_cast<std::size_t>(PQgetlength(result_, index_, column)));
    if (type == static_cast<::Oid>(Oid::jsonb)) bytes.remove_prefix(1);
    return bytes;
}

Uuid Row::uuid(int column) const {
    Uuid uuid;
    std::memcpy(uuid.bytes.data(), value_of(result_, index_, column, Oid::uuid), uuid.bytes.size());
    return uuid;
}

WallTime Row::time(int column) const {
    return wire::time_of(wire::read<std::int64_t>(value_of(result_, index_, column, Oid::timestamptz)));
}

std::optional<std::string> Row::optional_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(std::string(text(column)));
}

std::optional<WallTime> Row::optional_time(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
}

std::optional<Uuid> Row::optional_uuid(int column) const {
    return is_null(column) ? std::nullopt : std::optional(uuid(column));
}

}  // namespace florin::postgres
