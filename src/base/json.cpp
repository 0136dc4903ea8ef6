#include "base/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace florin::json {
namespace {

using boost::json::error_code;
using boost::json::string_view;

// Builds the value and refuses what the grammar allows but Florin does not. Its first refusal stops the parser.
class Handler {
public:
    // Bounded by Limits instead.
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    Handler(std::string_view input, const Limits& limits, boost::json::storage_ptr storage)
        : input_(input), limits_(limits), root_(std::move(storage)) {
        open_.reserve(limits.depth);  // frames do not move: a key may point into its own
    }

    boost::json::value take() { return std::move(root_); }
    const std::optional<Refusal>& refusal() const { return refusal_; }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code& error) { return open(boost::json::object_kind, error); }
    bool on_object_end(std::size_t, error_code&) { return close(); }
    bool on_array_begin(error_code& error) { return open(boost::json::array_kind, error); }
    bool on_array_end(std::size_t, error_code&) { return close(); }
    bool on_key_part(string_view part, std::size_t, error_code&) { return append(part); }
    bool on_key(string_view part, std::size_t, error_code& error);
    bool on_string_part(string_view part, std::size_t, error_code&) { return append(part); }
    bool on_string(string_view part, std::size_t, error_code& error);
    bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, string_view text, error_code& error);
    bool on_uint64(std::uint64_t, string_view, error_code& error) { return refuse_integer(error); }
    bool on_double(double number, string_view text, error_code& error);
    bool on_bool(bool value, error_code& error) { return add(value, error) != nullptr; }
    bool on_null(error_code& error) { return add(nullptr, error) != nullptr; }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }

private:
    struct Frame {
        boost::json::value* container;
        std::string_view key{};  // of the member that is being read, of objects only: in the input, or `unescaped`
        std::string unescaped{};
    };

    bool append(string_view part) {
        text_.append(part.data(), part.size());
        return true;
    }
    // The parser gives what holds no escape as one part of the input.
    bool is_of_input(string_view part) const {
        const std::less_equal<const char*> before;
        return text_.empty() && before(input_.data(), part.data()) &&
               before(part.data() + part.size(), input_.data() + input_.size());
    }
    template <class Kind>
    bool open(Kind kind, error_code& error);
    bool close() {
        open_.pop_back();
        return true;
    }
    template <class Value>
    boost::json::value* add(Value value, error_code& error);
    bool count_member(error_code& error);
    std::string pointer() const;
    bool refuse(std::string detail, error_code& error);
    bool refuse_integer(error_code& error) {
        return refuse("The number does not fit into 64 bits: write an integer up to 9223372036854775807.", error);
    }

    const std::string_view input_;
    const Limits& limits_;
    boost::json::value root_;
    std::vector<Frame> open_;  // the containers around the place that is being read, outermost first
    std::string text_;         // what was read of a string with escapes
    std::size_t members_ = 0;
    std::optional<Refusal> refusal_;
};

// A member's name as messages show it: cut, and without digits that could be a card number.
std::string shown(std::string_view key) {
    constexpr std::size_t kLongest = 64;
    constexpr auto kDigits = "0123456789";
    std::string name(key.substr(0, kLongest));
    while (!is_utf8(name)) name.pop_back();  // the cut may have split a character
    if (std::ranges::count_if(name, [&](char c) { return std::string_view(kDigits).contains(c); }) >= 12) {
        for (auto at = name.find_first_of(kDigits); at != std::string::npos; at = name.find_first_of(kDigits))
            name[at] = '*';
    }
    return name.size() < key.size() ? name + "…" : name;
}

// Deep in names without end it is cut too.
std::string Handler::pointer() const {
    constexpr std::size_t kLongest = 500;
    std::string pointer;
    for (const Frame& frame : open_) {
        if (pointer.size() > kLongest) return pointer + "/…";
        const auto* array = frame.container->if_array();
        append_step(pointer, array != nullptr ? std::to_string(array->size()) : shown(frame.key));
    }
    return pointer;
}

bool Handler::refuse(std::string detail, error_code& error) {
    refusal_ = Refusal{Error::malformed_json, std::move(detail), pointer()};
    error = boost::json::error::syntax;
    return false;
}

bool Handler::count_member(error_code& error) {
    return ++members_ <= limits_.members ||
           refuse(fmt::format("The body has more than {} members and elements: send fewer.", limits_.members), error);
}

template <class Value>
boost::json::value* Handler::add(Value value, error_code& error) {
    if (open_.empty()) {
        root_ = boost::json::value(value, root_.storage());
        return &root_;
    }
    const Frame& frame = open_.back();
    if (auto* object = frame.container->if_object()) {
        const auto [member, is_new] = object->emplace(frame.key, value);
        if (!is_new) refuse("The member appears twice in its object: send it once.", error);
        return is_new ? &member->value() : nullptr;
    }
    // The frames below point at containers of which only the innermost grows: none of them moves.
    return count_member(error) ? &frame.container->get_array().emplace_back(value) : nullptr;
}

template <class Kind>
bool Handler::open(Kind kind, error_code& error) {
    if (open_.size() >= limits_.depth) {
        return refuse(fmt::format("The body is nested deeper than {} levels: flatten it.", limits_.depth), error);
    }
    auto* added = add(kind, error);
    if (added != nullptr) open_.push_back({.container = added});
    return added != nullptr;
}

bool Handler::on_key(string_view part, std::size_t, error_code& error) {
    Frame& frame = open_.back();
    if (is_of_input(part)) {
        frame.key = part;
    } else {
        append(part);
        frame.unescaped = std::exchange(text_, {});
        frame.key = frame.unescaped;
    }
    if (frame.key.contains('\0')) return refuse("A member's name contains the character \\u0000: remove it.", error);
    return count_member(error);
}

bool Handler::on_string(string_view part, std::size_t, error_code& error) {
    if (is_of_input(part)) return add(part, error) != nullptr;
    append(part);
    const std::string text = std::exchange(text_, {});
    if (text.contains('\0')) return refuse("The string contains the character \\u0000: remove it.", error);
    return add(string_view(text), error) != nullptr;
}

bool Handler::on_int64(std::int64_t number, string_view text, error_code& error) {
    if (number == 0 && text.starts_with('-') && !limits_.floats) return refuse("-0 is not an integer: write 0.", error);
    return add(number, error) != nullptr;
}

bool Handler::on_double(double number, string_view text, error_code& error) {
    if (text.find_first_of(".eE") == string_view::npos) return refuse_integer(error);
    if (!limits_.floats) {
        return refuse("Numbers are integers: write 100, not 100.0 or 1e2 (amounts are in minor units).", error);
    }
    if (!std::isfinite(number)) return refuse("The number is too large.", error);
    return add(number, error) != nullptr;
}

std::string describe(std::string_view text, std::size_t offset, const error_code& error) {
    if (text.starts_with("\xef\xbb\xbf")) return "The body begins with a byte order mark: send plain UTF-8 without it.";
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return "The body is empty: send a JSON object.";
    if (error == boost::json::error::extra_data) {
        return fmt::format("Something follows the JSON value at byte {}: send one value only.", offset);
    }
    return fmt::format("The body is not valid JSON at byte {}: {}.", offset, error.message());
}

}  // namespace

Checked<boost::json::value> parse(std::string_view text, const Limits& limits, boost::json::storage_ptr storage) {
    if (text.size() > limits.bytes) {
        return florin::refuse(Error::payload_too_large, fmt::format("The body is larger than {} bytes.", limits.bytes));
    }
    if (!is_utf8(text)) return florin::refuse(Error::malformed_json, "The body is not valid UTF-8.");
    boost::json::parse_options options;
    options.max_depth = limits.depth + 1;  // one more than the handler allows, whose message is better
    boost::json::basic_parser<Handler> parser(options, text, limits, std::move(storage));
    error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (!error && used < text.size()) error = boost::json::error::extra_data;
    if (parser.handler().refusal()) return std::unexpected(*parser.handler().refusal());
    if (error) return florin::refuse(Error::malformed_json, describe(text, used, error));
    return parser.handler().take();
}

}  // namespace florin::json
