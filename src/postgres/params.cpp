#include "postgres/params.hpp"

#include <limits>

#include "base/assert.hpp"
#include "postgres/wire_format.hpp"

namespace florin::postgres {
namespace {

// The array type of an element type (pg_type.dat).
std::uint32_t array_oid(Oid element) {
    switch (element) {
        case Oid::boolean:
            return 1000;
        case Oid::bytea:
            return 1001;
        case Oid::int2:
            return 1005;
        case Oid::int4:
            return 1007;
        case Oid::text:
            return 1009;
        case Oid::bpchar:
            return 1014;
        case Oid::int8:
            return 1016;
        case Oid::timestamptz:
            return 1185;
        case Oid::uuid:
            return 2951;
        case Oid::jsonb:
            return 3807;
    }
    assertion_failed("known element type", __FILE__, __LINE__);
}

template <std::signed_integral T>
std::string encoded(T value) {
    std::string bytes;
    wire::append(bytes, value);
    return bytes;
}

std::string_view bytes_of(const Uuid& uuid) {
    return {reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()};
}

void append_length(std::string& out, std::size_t length) {
    FLORIN_ASSERT(length <= std::numeric_limits<std::int32_t>::max());
    wire::append(out, static_cast<std::int32_t>(length));
}

}  // namespace

Array::Array(Oid element) : element_(element) {}

void Array::add(bool value) {
    FLORIN_ASSERT(element_ == Oid::boolean);
    append_length(bytes_, 1);
    bytes_.push_back(value ? '\x01' : '\x00');
    ++count_;
}

void Array::add(std::int16_t value) {
    FLORIN_ASSERT(element_ == Oid::int2);
    append_length(bytes_, sizeof value);
    wire::append(bytes_, value);
    ++count_;
}

void Array::add(std::int32_t value) {
    FLORIN_ASSERT(element_ == Oid::int4);
    append_length(bytes_, sizeof value);
    wire::append(bytes_, value);
    ++count_;
}

void Array::add(std::int64_t value) {
    FLORIN_ASSERT(element_ == Oid::int8);
    append_length(bytes_, sizeof value);
    wire::append(bytes_, value);
    ++count_;
}

void Array::add(std::string_view value) {
    const bool is_json = element_ == Oid::jsonb;
    FLORIN_ASSERT(is_json || element_ == Oid::text || element_ == Oid::bpchar || element_ == Oid::bytea);
    append_length(bytes_, value.size() + (is_json ? 1 : 0));
    if (is_json) bytes_.push_back(wire::kJsonbVersion);
    bytes_.append(value);
    ++count_;
}

void Array::add(const Uuid& value) {
    FLORIN_ASSERT(element_ == Oid::uuid);
    append_length(bytes_, value.bytes.size());
    bytes_.append(bytes_of(value));
    ++count_;
}

void Array::add(WallTime value) {
    FLORIN_ASSERT(element_ == Oid::timestamptz);
    append_length(bytes_, sizeof(std::int64_t));
    wire::append(bytes_, wire::to_wire(value));
    ++count_;
}

void Array::add_null() {
    wire::append(bytes_, std::int32_t{-1});
    has_null_ = true;
    ++count_;
}

std::string Array::header() const {
    std::string out;
    wire::append(out, std::int32_t{count_ > 0 ? 1 : 0});  // an empty array has no dimension
    wire::append(out, std::int32_t{has_null_ ? 1 : 0});
    wire::append(out, static_cast<std::int32_t>(element_));
    if (count_ > 0) {
        wire::append(out, count_);
        wire::append(out, std::int32_t{1});  // the index of the first element
    }
    return out;
}

Params& Params::push(Oid type, std::string bytes) {
    values_.push_back({static_cast<std::uint32_t>(type), false, std::move(bytes)});
    return *this;
}

Params& Params::add(bool value) {
    return push(Oid::boolean, std::string(1, value ? '\x01' : '\x00'));
}
Params& Params::add(std::int16_t value) {
    return push(Oid::int2, encoded(value));
}
Params& Params::add(std::int32_t value) {
    return push(Oid::int4, encoded(value));
}
Params& Params::add(std::int64_t value) {
    return push(Oid::int8, encoded(value));
}
Params& Params::add(std::string_view value) {
    return push(Oid::text, std::string(value));
}
Params& Params::add_bytes(std::string_view value) {
    return push(Oid::bytea, std::string(value));
}
Params& Params::add_jsonb(std::string_view json) {
    return push(Oid::jsonb, std::string(1, wire::kJsonbVersion).append(json));
}
Params& Params::add(const Uuid& value) {
    return push(Oid::uuid, std::string(bytes_of(value)));
}
Params& Params::add(WallTime value) {
    return push(Oid::timestamptz, encoded(wire::to_wire(value)));
}

Params& Params::add_null(Oid type) {
    values_.push_back({static_cast<std::uint32_t>(type), true, {}});
    return *this;
}

Params& Params::add(Array array) {
    values_.push_back({array_oid(array.element_), false, array.header() + array.bytes_});
    return *this;
}

}  // namespace florin::postgres
