// All that a file and the environment say: the configuration, where each value comes from and everything that is wrong
// with it, so that an operator mends it in one go. Serving needs only load() and serving_problems() of config.hpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace florin::config {

struct Value {
    std::string name;  // dotted: "http.port"
    std::string toml;  // as a TOML file would say it: 8080, "127.0.0.1"
    std::string from;  // "florin.toml:3" or the name of an environment variable
};

struct Reading {
    Config config;
    std::vector<Value> given;  // what is not a default, in the order of the file
    std::vector<Refusal> problems;

    // Where the value stands, "florin.toml:3: "; empty for a default.
    std::string place_of(std::string_view name) const;
};

Reading read(const std::optional<std::filesystem::path>& path);

// What is allowed and seldom meant.
std::vector<std::string> warnings(const Reading& reading);

// Every key in the order of the page, defaults included ("default"). A key without value has an empty `toml`. No secret
// is in it: the database's address stands there without its password.
std::vector<Value> all_values(const Reading& reading);
// The same as a TOML file that can be used again, each line with where its value comes from.
std::string to_toml(const Reading& reading);

// A database's address without its password and without parameters that might be one.
std::string without_password(std::string_view url);

}  // namespace florin::config
