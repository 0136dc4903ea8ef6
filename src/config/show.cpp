#include <fmt/format.h>

#include "config/environment.hpp"
#include "config/keys.hpp"
#include "config/reading.hpp"

namespace florin::config {
namespace {

constexpr std::string_view kMode = "<mode>";

const Value* find_given(const Reading& reading, std::string_view name) {
    for (const auto& value : reading.given) {
        if (value.name == name) return &value;
    }
    return nullptr;
}

std::string default_toml(const Key& key) {
    if (key.default_value.empty() || !std::holds_alternative<Text>(key.type)) return std::string(key.default_value);
    return fmt::format("\"{}\"", key.default_value);
}

void add(std::vector<Value>& values, const Reading& reading, const Key& key, std::string name) {
    if (const auto* given = find_given(reading, name)) {
        values.push_back(*given);
        if (name == "database.url") {
            values.back().toml = fmt::format("\"{}\"", without_password(reading.config.database_url));
        }
        return;
    }
    auto toml = default_toml(key);
    std::string from = toml.empty() ? "not set" : "default";
    values.push_back({std::move(name), std::move(toml), std::move(from)});
}

// What the file says of single currencies; there are no defaults to show for the others.
void add_currencies(std::vector<Value>& values, const Reading& reading, std::string_view mode) {
    const auto prefix = fmt::format("stripe.{}.fees.", mode);
    for (const auto& value : reading.given) {
        if (value.name.starts_with(prefix)) values.push_back(value);
    }
}

void add_account(std::vector<Value>& values, const Reading& reading, std::string_view mode) {
    for (const auto& key : keys()) {
        const auto at = key.name.find(kMode);
        if (at == std::string_view::npos || key.name.find("<currency>") != std::string_view::npos) continue;
        add(values, reading, key, std::string(key.name).replace(at, kMode.size(), mode));
    }
    add_currencies(values, reading, mode);
}

// "stripe.test.fees.EUR.fixed" stands in [stripe.test] as fees.EUR.fixed.
std::pair<std::string, std::string> section_and_leaf(std::string_view name) {
    auto dot = name.find('.');
    if (name.starts_with("stripe.")) dot = name.find('.', dot + 1);
    return {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1))};
}

std::string line_of(const Value& value, std::string_view leaf) {
    const bool is_outside = value.from.starts_with("FLORIN_");
    auto said = value.toml.empty() ? std::string(leaf) : fmt::format("{} = {}", leaf, value.toml);
    if (value.toml.empty() || is_outside) said.insert(0, "# ");
    return fmt::format("{:<48} # {}\n", said, value.from);
}

}  // namespace

std::vector<Value> all_values(const Reading& reading) {
    std::vector<Value> values;
    bool accounts_done = false;
    for (const auto& key : keys()) {
        if (key.name.find(kMode) == std::string_view::npos) {
            add(values, reading, key, std::string(key.name));
            continue;
        }
        if (std::exchange(accounts_done, true)) continue;
        if (reading.config.stripe_test) add_account(values, reading, "test");
        if (reading.config.stripe_live) add_account(values, reading, "live");
    }
    return values;
}

std::string to_toml(const Reading& reading) {
    std::string text = "# Florin's configuration as it holds, with where each value comes from.\n";
    std::string current;
    for (const auto& value : all_values(reading)) {
        auto [section, leaf] = section_and_leaf(value.name);
        if (section != current) text += fmt::format("\n[{}]\n", section);
        current = section;
        text += line_of(value, leaf);
    }
    text += "\n# Environment; secrets are never shown.\n";
    for (const auto& name : variables()) text += fmt::format("# {:<46} # {}\n", name, is_set(name) ? "set" : "not set");
    return text;
}

}  // namespace florin::config
