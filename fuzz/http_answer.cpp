// A PSP's answers as they come from a socket: however the bytes are cut, the answer is the same, and the end of the
// connection never makes a whole answer out of half of one.
#include <algorithm>

#include "fuzz/property.hpp"
#include "http/answer_parser.hpp"

namespace florin::fuzz {
namespace {

using http::ClientAnswer;

constexpr std::size_t kAnswerBytes = 1000;
constexpr http::AnswerLimit kWhole{kAnswerBytes};
constexpr http::AnswerLimit kBeginning{.body_bytes = 10, .cut_off = true};

struct Reading {
    bool done = false;  // a whole answer; otherwise `problem` or too few bytes
    std::string problem{};
    ClientAnswer answer{};
    std::size_t used = 0;
    bool keep_alive = false;
};

// http::ClientConnection::read_answer without its socket. `ends`: the other end closes behind the last byte.
template <class Cut>
Reading read(std::string_view bytes, bool body_expected, bool ends, Cut cut, http::AnswerLimit limit = kWhole) {
    http::AnswerParser parser(limit, body_expected);
    Reading reading;
    std::string buffer;
    while (!parser.is_done() && reading.problem.empty()) {
        std::size_t used = 0;
        if (!buffer.empty()) reading.problem = parser.parse(buffer, used).value_or("");
        buffer.erase(0, used);
        reading.used += used;
        if (used > 0 || parser.is_done() || !reading.problem.empty()) continue;
        if (bytes.empty()) {
            if (!ends) break;
            reading.problem = parser.parse_end().value_or("");
            continue;
        }
        const auto piece = bytes.substr(0, cut());
        bytes.remove_prefix(piece.size());
        buffer.append(piece);
    }
    reading.done = parser.is_done() && reading.problem.empty();
    if (reading.done) {
        reading.keep_alive = parser.keep_alive();
        reading.answer = parser.take();
    }
    return reading;
}

void must_be_the_same(const Reading& a, const Reading& b) {
    must(a.done == b.done, "however the bytes are cut, they are an answer or none");
    if (!a.done) return;
    must(a.answer.status == b.answer.status && a.answer.headers == b.answer.headers, "the same header");
    must(a.answer.body == b.answer.body, "the same body");
    must(a.used == b.used && a.keep_alive == b.keep_alive, "the answer ends at the same byte");
}

void must_be_framed(const ClientAnswer& answer, bool body_expected, bool keep_alive) {
    must(answer.status >= 0 && answer.status <= 999, "the status has at most three digits");
    must(answer.body.size() <= kAnswerBytes, "the body is bounded");
    must(body_expected || answer.body.empty(), "the answer to HEAD has no body");
    for (const auto& [name, value] : answer.headers)
        must(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "no header holds a line's end");
    const bool framed = answer.find_header("content-length") || answer.find_header("transfer-encoding");
    must(!keep_alive || framed || answer.body.empty(), "a body that ends with the connection ends the connection");
}

void check(std::string_view bytes, bool body_expected, bool ends, Dice& dice) {
    const auto whole = read(bytes, body_expected, ends, [&] { return bytes.size(); });
    must_be_the_same(whole, read(bytes, body_expected, ends, [] { return 1U; }));
    must_be_the_same(whole, read(bytes, body_expected, ends, [&] { return 1 + dice.below(1 + bytes.size() / 3); }));
    must(json::is_utf8(whole.problem), "what is wrong can be logged");
    if (!whole.done) return;
    const auto beginning = read(bytes, body_expected, ends, [] { return 1U; }, kBeginning);
    must(beginning.done && beginning.answer.status == whole.answer.status, "the status does not depend on the body");
    must(beginning.answer.body == whole.answer.body.substr(0, kBeginning.body_bytes),
         "of the body it is the beginning");
    must_be_framed(whole.answer, body_expected, whole.keep_alive);
    const auto* length = whole.answer.find_header("content-length");
    if (!ends || !body_expected || length == nullptr || whole.answer.find_header("transfer-encoding")) return;
    // Cut by one byte it is half an answer.
    const auto cut = read(bytes.substr(0, whole.used - 1), body_expected, ends, [&] { return bytes.size(); });
    must(!cut.done, "half an answer with a length is no answer");
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin::fuzz;
    const auto bytes = text_of(data, size);
    Dice dice(bytes);
    for (const bool body_expected : {true, false}) {
        for (const bool ends : {true, false}) check(bytes, body_expected, ends, dice);
    }
    return 0;
}
