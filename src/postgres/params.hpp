// Binary statement parameters: scalars and one-dimensional arrays (for the set-based statements, one array per column).
// Text arrays of char(n) columns are declared bpchar[] in the statement. Values are encoded when they are added.
// The statement must declare each parameter's type ($1::bigint, $2::uuid[]): the bytes sent here are not converted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace florin::postgres {

// PostgreSQL type object ids (pg_type.dat).
enum class Oid : std::uint32_t {
    boolean = 16,
    bytea = 17,
    int8 = 20,
    int2 = 21,
    int4 = 23,
    text = 25,
    bpchar = 1042,
    timestamptz = 1184,
    uuid = 2950,
    jsonb = 3802,
};

// One array parameter under construction. add() appends, add_null() appends a NULL; the element type is fixed, and
// adding a value of another type is our bug (FLORIN_ASSERT).
class Array {
public:
    explicit Array(Oid element);
    void add(bool value);
    void add(std::int16_t value);
    void add(std::int32_t value);
    void add(std::int64_t value);
    void add(std::string_view value);  // text, bpchar, bytea, jsonb
    void add(const std::string& value) { add(std::string_view(value)); }
    void add(const char*) = delete;
    void add(const Uuid& value);
    void add(WallTime value);
    void add_null();
    template <class T>
    void add(const std::optional<T>& value) {
        value ? add(*value) : add_null();
    }
    std::size_t size() const { return static_cast<std::size_t>(count_); }

private:
    friend class Params;
    std::string header() const;  // dimensions, NULL flag, element type: what stands before the elements on the wire

    Oid element_;
    std::int32_t count_ = 0;
    bool has_null_ = false;
    std::string bytes_;
};

class Params {
public:
    Params& add(bool value);
    Params& add(std::int16_t value);
    Params& add(std::int32_t value);
    Params& add(std::int64_t value);
    Params& add(std::string_view value);  // text
    Params& add(const std::string& value) { return add(std::string_view(value)); }
    Params& add(const char* value) { return add(std::string_view(value)); }
    Params& add_bytes(std::string_view value);  // bytea
    Params& add_jsonb(std::string_view json);
    Params& add(const Uuid& value);
    Params& add(WallTime value);
    Params& add_null(Oid type);
    Params& add(Array array);

    struct Value {
        std::uint32_t oid;
        bool null;
        std::string bytes;
    };
    std::span<const Value> values() const { return values_; }

private:
    Params& push(Oid type, std::string bytes);

    std::vector<Value> values_;
};

}  // namespace florin::postgres
