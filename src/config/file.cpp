#include "config/file.hpp"

#include <toml++/toml.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "config/keys.hpp"

namespace florin::config {
namespace {

struct Place {
    std::string file;
    std::uint32_t line;
    std::string name;  // dotted
};

Refusal refusal_at(const Place& place, std::string_view problem) {
    return {Error::invalid_field, fmt::format("{}:{}: {} {}", place.file, place.line, place.name, problem)};
}

bool looks_like_a_secret(std::string_view name) {
    return name.ends_with("secret_key") || name.ends_with("pepper");
}

Refusal unknown(const Place& place) {
    if (looks_like_a_secret(place.name)) {
        return refusal_at(place,
                          "is a secret and does not belong in a file: set FLORIN_STRIPE_TEST_KEY, "
                          "FLORIN_STRIPE_LIVE_KEY or FLORIN_PEPPER in the environment");
    }
    auto nearest = nearest_key(place.name);
    auto hint = nearest.empty() ? std::string("see docs/configuration.md") : fmt::format("did you mean {}?", nearest);
    return {Error::unknown_field, fmt::format("{}:{}: unknown key {}: {}", place.file, place.line, place.name, hint)};
}

// What is wrong with the value; empty when it was taken.
std::string apply(Config& config, const Integer& type, const Words& words, const toml::node& node) {
    auto range = fmt::format("must be a whole number from {} to {}", type.least, type.most);
    if (!node.is_integer()) return range;
    auto value = node.as_integer()->get();
    if (value < type.least || value > type.most) return range;
    type.set(config, words, value);
    return {};
}

std::string apply(Config& config, const Boolean& type, const Words& words, const toml::node& node) {
    if (!node.is_boolean()) return "must be true or false";
    return type.set(config, words, node.as_boolean()->get());
}

std::string apply(Config& config, const Text& type, const Words& words, const toml::node& node) {
    if (!node.is_string()) return "must be text in quotes";
    return type.set(config, words, node.as_string()->get());
}

std::string as_toml(const toml::node& node) {
    std::ostringstream text;
    node.visit([&](const auto& value) { text << value; });
    auto shown = text.str();
    // The library prefers literal strings; people expect the quotes of the page.
    const bool is_plain = shown.find_first_of("\\\"") == std::string::npos;
    if (is_plain && shown.starts_with('\'')) shown.front() = shown.back() = '"';
    return shown;
}

void apply_key(Reading& reading, const Key& key, const Words& words, const toml::node& node, const Place& place) {
    auto problem = std::visit([&](const auto& type) { return apply(reading.config, type, words, node); }, key.type);
    if (!problem.empty()) {
        reading.problems.push_back(refusal_at(place, problem));
        return;
    }
    reading.given.push_back({place.name, as_toml(node), fmt::format("{}:{}", place.file, place.line)});
}

// The library sorts by name; an operator reads from top to bottom.
std::vector<std::pair<std::string, const toml::node*>> in_file_order(const toml::table& table) {
    std::vector<std::pair<std::string, const toml::node*>> entries;
    for (const auto& [key, node] : table) entries.emplace_back(key.str(), &node);
    std::ranges::sort(entries, {}, [](const auto& entry) {
        const auto& begin = entry.second->source().begin;
        return std::pair(begin.line, begin.column);
    });
    return entries;
}

void apply_table(Reading& reading, const toml::table& table, const std::string& file, const std::string& prefix) {
    for (const auto& [key, node] : in_file_order(table)) {
        Place place{file, node->source().begin.line, prefix + key};
        Words words;
        if (const auto* found = find_key(place.name, words)) {
            apply_key(reading, *found, words, *node, place);
        } else if (const auto* inner = node->as_table()) {
            apply_table(reading, *inner, file, place.name + ".");
        } else {
            reading.problems.push_back(unknown(place));
        }
    }
}

}  // namespace

void read_file(Reading& reading, const std::filesystem::path& path) {
    std::ifstream stream(path);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    if (!stream.is_open() || stream.bad() || std::filesystem::is_directory(path)) {
        reading.problems.push_back(
            {Error::not_found, fmt::format("the configuration file {} cannot be read", path.string())});
        return;
    }
    try {
        auto table = toml::parse(text);
        apply_table(reading, table, path.string(), "");
    } catch (const toml::parse_error& error) {
        reading.problems.push_back(
            {Error::malformed_request,
             fmt::format("{}:{}: {}", path.string(), error.source().begin.line, error.description())});
    }
}

}  // namespace florin::config
