#include "simulator/spoil.hpp"

#include <string>
#include <string_view>

namespace florin::simulator {
namespace {

constexpr std::size_t kDeepLevels = 100'000;
constexpr std::string_view kHtml = "text/html; charset=utf-8";

// Deflate (RFC 1951) with the fixed codes: bits fill each byte from its lowest, codes come with their highest first.
class Bits {
public:
    explicit Bits(std::string& out) : out_(out) {}
    void put_code(unsigned code, int length) {
        for (int i = length - 1; i >= 0; --i) put_bit((code >> i) & 1U);
    }
    void put_bit(unsigned bit) {
        byte_ |= bit << count_;
        if (++count_ == 8) end_byte();
    }
    void end_byte() {
        out_.push_back(static_cast<char>(byte_));
        byte_ = 0;
        count_ = 0;
    }

private:
    std::string& out_;
    unsigned byte_ = 0;
    int count_ = 0;
};

// 120 MB of zeros in three quarters of a megabyte: one literal, then matches of the greatest length at distance 1. The
// trailer's checksum is wrong, which shows only to whoever has unpacked it all.
std::string gzip_bomb() {
    constexpr int kMatches = 465'000;  // of 258 bytes
    constexpr unsigned kLiteralZero = 0x30, kLongestMatch = 0xc5;
    std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    Bits bits(out);
    bits.put_bit(1);  // the last block
    bits.put_bit(1);  // of fixed codes
    bits.put_bit(0);
    bits.put_code(kLiteralZero, 8);
    for (int i = 0; i < kMatches; ++i) {
        bits.put_code(kLongestMatch, 8);
        bits.put_code(0, 5);
    }
    bits.put_code(0, 7);  // the end of the block
    bits.end_byte();
    out.append(8, '\0');
    return out;
}

bool is_digit(char c) {
    return (c >= '0' && c <= '9') || c == '-';
}

// "amount":1999 becomes "amount":"1999", and so every number.
std::string with_numbers_as_text(std::string_view body) {
    std::string out;
    for (std::size_t i = 0; i < body.size(); ++i) {
        out.push_back(body[i]);
        const bool is_number =
            body[i] == ':' && i > 0 && body[i - 1] == '"' && i + 1 < body.size() && is_digit(body[i + 1]);
        if (!is_number) continue;
        out.push_back('"');
        while (i + 1 < body.size() && is_digit(body[i + 1])) out.push_back(body[++i]);
        out.push_back('"');
    }
    return out;
}

// The value at `at`, which is where a member's name begins, up to its end.
void replace_value(std::string& body, std::size_t at, std::string_view name, std::string_view value) {
    if (at == std::string::npos) return;
    const auto begin = at + name.size();
    const auto end = body.find_first_of(",}", begin);
    body.replace(begin, end - begin, value);
}

// An object's amount is its first, its status its last: what is expanded in it stands between.
void replace_first(std::string& body, std::string_view name, std::string_view value) {
    replace_value(body, body.find(name), name, value);
}

void replace_last(std::string& body, std::string_view name, std::string_view value) {
    replace_value(body, body.rfind(name), name, value);
}

std::string as_utf16(std::string_view body) {
    std::string out("\xff\xfe", 2);
    for (const char c : body) out.append({c, '\0'});
    return out;
}

}  // namespace

void fill_html(Answer& answer, int status, std::string_view title) {
    answer.status = status;
    answer.content_type = kHtml;
    answer.body.assign("<!DOCTYPE html>\n<html><head><title>").append(title).append("</title></head><body><h1>");
    answer.body.append(title).append("</h1></body></html>\n");
}

void spoil(const Fault& fault, Answer& answer) {
    auto& body = answer.body;
    switch (fault.action) {
        case Action::garbage:
            return fill_html(answer, 200, "It works!");
        case Action::empty_body:
            return body.clear();
        case Action::huge_body:
            body.assign("{\"id\":\"").append(static_cast<std::size_t>(fault.bytes), 'x').append("\"}");
            return;
        case Action::endless_body:
            body.assign("{\"id\":\"");
            answer.delivery = Delivery::endless;
            return;
        case Action::deep_body:
            body.assign(kDeepLevels, '[').append(kDeepLevels, ']');
            return;
        case Action::gzip_bomb:
            answer.add_header("Content-Encoding", "gzip");
            body = gzip_bomb();
            return;
        case Action::wrong_types:
            body = with_numbers_as_text(body);
            return;
        case Action::not_a_number:
            return replace_first(body, R"("amount":)", "NaN");
        case Action::duplicate_keys:
            body.insert(1, R"("status":"succeeded","amount":1,"currency":"xxx",)");
            return;
        case Action::byte_order_mark:
            body.insert(0, "\xef\xbb\xbf");
            return;
        case Action::utf16:
            answer.content_type = "application/json; charset=utf-16";
            body = as_utf16(body);
            return;
        case Action::wrong_content_type:
            answer.content_type = "text/plain";
            return;
        case Action::wrong_status:
            return replace_last(body, R"("status":)", R"("teleported")");
        case Action::wrong_mode:
            return replace_last(body, R"("livemode":)", "true");
        default:
            return;
    }
}

}  // namespace florin::simulator
