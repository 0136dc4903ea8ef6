#include "verify/acks.hpp"

#include <boost/json/object.hpp>
#include <stdexcept>

#include "base/json.hpp"

namespace florin::verify {
namespace {

// The bytes behind hexadecimal digits; empty when they are none.
std::string from_hex(std::string_view text) {
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        if (digit(text[i]) < 0 || digit(text[i + 1]) < 0) return {};
        bytes.push_back(static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1])));
    }
    return bytes;
}

std::string text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<Ack> read_ack(const std::string& text, std::int64_t line) {
    const auto value = json::parse(text, {.floats = true});
    const auto* object = value ? value->if_object() : nullptr;
    if (object == nullptr) return std::nullopt;
    const auto* status = object->if_contains("status");
    const auto payment = PaymentId::parse(text_of(*object, "payment_id"));
    Ack ack{.line = line, .key = text_of(*object, "key"), .sha256 = from_hex(text_of(*object, "body_sha256"))};
    if (status == nullptr || !status->is_int64() || !payment || ack.key.empty() || ack.sha256.size() != 32) return {};
    ack.status = static_cast<std::int16_t>(status->get_int64());
    ack.payment = payment->uuid();
    return ack;
}

}  // namespace

AckFile::AckFile(const std::filesystem::path& path) : file_(path), name_(path.string()) {
    if (!file_) throw std::runtime_error(name_ + " cannot be read");
}

std::vector<Ack> AckFile::next(std::size_t most) {
    std::vector<Ack> acks;
    for (std::string text; acks.size() < most && std::getline(file_, text);) {
        ++line_;
        const bool is_cut_off = file_.eof();
        auto ack = read_ack(text, line_);
        if (ack) acks.push_back(std::move(*ack));
        if (!ack && !is_cut_off && !text.empty()) {
            throw std::runtime_error(
                name_ + " line " + std::to_string(line_) +
                " is no answer: a JSON object with key, status, body_sha256 and payment_id is needed");
        }
    }
    return acks;
}

}  // namespace florin::verify
