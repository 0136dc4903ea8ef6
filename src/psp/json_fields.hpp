// Members of a PSP's answer, read without trust: a member that is absent or of another type is empty, never an
// exception.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

namespace florin::psp {

inline const boost::json::object* find_object(const boost::json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

inline std::optional<std::string_view> find_text(const boost::json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::nullopt : std::optional(std::string_view(text->data(), text->size()));
}

// Integers only: 100.0 is not an amount.
inline std::optional<std::int64_t> find_integer(const boost::json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    const auto* integer = value == nullptr ? nullptr : value->if_int64();
    return integer == nullptr ? std::nullopt : std::optional(*integer);
}

inline std::optional<bool> find_flag(const boost::json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    const auto* flag = value == nullptr ? nullptr : value->if_bool();
    return flag == nullptr ? std::nullopt : std::optional(*flag);
}

}  // namespace florin::psp
