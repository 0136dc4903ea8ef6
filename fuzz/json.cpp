// The strict JSON reader: what it takes is what Boost's own reader sees, minus everything that is refused.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "fuzz/property.hpp"

namespace florin::fuzz {
namespace {

using boost::json::value;

struct Census {
    std::size_t members = 0;
    std::size_t depth = 0;
    bool floats = false;
    bool nuls = false;
};

void count(const value& node, std::size_t depth, Census& census) {
    const auto has_nul = [](std::string_view text) { return text.find('\0') != std::string_view::npos; };
    census.floats |= node.is_double() || node.is_uint64();
    if (const auto* text = node.if_string()) census.nuls |= has_nul(*text);
    if (!node.is_structured()) return;
    census.depth = std::max(census.depth, depth + 1);
    if (const auto* array = node.if_array()) {
        for (const value& element : *array) count(element, depth + 1, census);
        census.members += array->size();
    }
    if (const auto* object = node.if_object()) {
        for (const auto& [key, member] : *object) {
            census.nuls |= has_nul(key);
            count(member, depth + 1, census);
        }
        census.members += object->size();
    }
}

// The number of bytes, without white space outside of strings.
std::size_t compact_size(std::string_view text) {
    std::size_t size = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (quoted && text[at] == '\\') {
            size += 2;
            ++at;
            continue;
        }
        if (text[at] == '"') quoted = !quoted;
        if (quoted || std::string_view(" \t\r\n").find(text[at]) == std::string_view::npos) ++size;
    }
    return size;
}

void check_strict(std::string_view text, const value& taken, const json::Limits& limits) {
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = limits.depth;
    const value seen = boost::json::parse({text.data(), text.size()}, error, {}, options);
    must(!error, "what is taken is JSON for others too");
    must(seen == taken, "others read the same value");
    must(json::is_utf8(text), "what is taken is UTF-8");
    Census census;
    count(taken, 0, census);
    must(!census.nuls, "no text holds NUL");
    must(limits.floats || !census.floats, "numbers are 64-bit integers");
    must(census.members <= limits.members, "members are bounded");
    must(census.depth <= limits.depth, "depth is bounded");
}

// For integers: the canonical text is that of a merchant's request, and floats are in none.
void check_canonical(std::string_view text, const value& taken, const json::Limits& limits) {
    const std::string canonical = json::canonical(taken);
    auto wide = limits;
    wide.bytes = canonical.size();
    const auto again = json::parse(canonical, wide);
    must(again.has_value(), "the canonical text is taken");
    must(*again == taken, "the canonical text is the same value");
    must(json::canonical(*again) == canonical, "it has one form");
    // A duplicate that was dropped would make it shorter. Escapes and floats may shrink, so only plain text is
    // compared.
    if (!limits.floats && text.find('\\') == std::string_view::npos) {
        must(canonical.size() == compact_size(text), "nothing is dropped");
    }
}

void check(std::string_view text, const json::Limits& limits) {
    const auto taken = json::parse(text, limits);
    if (!taken) return must_be_showable(taken.error());
    check_strict(text, *taken, limits);
    if (!limits.floats) check_canonical(text, *taken, limits);
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    const auto text = fuzz::text_of(data, size);
    constexpr json::Limits kStrict;
    constexpr json::Limits kOfPsp{.bytes = 1024 * 1024, .depth = 64, .members = 200'000, .floats = true};
    constexpr json::Limits kTight{.bytes = 256, .depth = 3, .members = 8};
    for (const auto& limits : {kStrict, kOfPsp, kTight}) fuzz::check(text, limits);
    const auto strict = json::parse(text, kStrict);
    if (!strict) return 0;
    const auto loose = json::parse(text, kOfPsp);
    fuzz::must(loose && *loose == *strict, "wider limits take the same value");
    return 0;
}
