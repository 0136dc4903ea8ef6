// The result of a statement, in binary. Reading a column with the wrong type, or NULL where none is expected, is our
// bug and stops the process (FLORIN_ASSERT).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/id.hpp"

struct pg_result;

namespace florin::postgres {

class Row;

class Rows {
public:
    explicit Rows(pg_result* result);  // takes ownership
    int size() const;
    bool empty() const { return size() == 0; }
    Row operator[](int index) const;
    std::int64_t affected() const;  // of INSERT, UPDATE, DELETE

private:
    std::shared_ptr<pg_result> result_;
    friend class Row;
};

class Row {
public:
    bool is_null(int column) const;
    bool boolean(int column) const;
    std::int16_t int2(int column) const;
    std::int32_t int4(int column) const;
    std::int64_t int8(int column) const;
    std::string_view text(int column) const;  // text, varchar, char(n), bytea and json; jsonb without its version byte
    Uuid uuid(int column) const;
    WallTime time(int column) const;  // timestamptz
    std::optional<std::string> optional_text(int column) const;
    std::optional<WallTime> optional_time(int column) const;
    std::optional<Uuid> optional_uuid(int column) const;

private:
    friend class Rows;
    Row(const pg_result* result, int index) : result_(result), index_(index) {}
    const pg_result* result_;
    int index_;
};

}  // namespace florin::postgres
