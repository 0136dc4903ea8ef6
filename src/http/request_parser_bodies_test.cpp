// Bodies as they arrive: in pieces, and longer where one path allows it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/request_parser.hpp"

namespace florin::http {
namespace {

constexpr std::size_t kBodyBytes = 10;

TEST(RequestParser, one_path_may_take_longer_bodies) {
    const std::vector<LargerBody> larger{{"/long", 20}};
    const auto refused = [&](std::string_view path, std::size_t bytes, bool is_chunked) {
        RequestParser parser(kBodyBytes, {.paths = larger});
        const auto framing =
            is_chunked ? std::string("Transfer-Encoding: chunked") : fmt::format("Content-Length: {}", bytes);
        const std::string body(bytes, 'x');
        auto refused = parser.parse_header(fmt::format("POST {} HTTP/1.1\r\nHost: a\r\n{}\r\n\r\n", path, framing));
        std::size_t used = 0;
        if (!refused)
            refused = parser.parse_body(is_chunked ? fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", bytes, body) : body, used);
        return refused ? refused->status : 0;
    };
    for (const bool is_chunked : {false, true}) {
        EXPECT_EQ(refused("/long", 20, is_chunked), 0);
        EXPECT_EQ(refused("/long?a=b", 20, is_chunked), 0);
        EXPECT_EQ(refused("/long", 21, is_chunked), 413);
        EXPECT_EQ(refused("/longer", 10, is_chunked), 0);
        EXPECT_EQ(refused("/longer", 11, is_chunked), 413);
        EXPECT_EQ(refused("/lon", 11, is_chunked), 413);
    }
}

TEST(RequestParser, what_is_longer_than_usual_comes_out_of_what_all_share) {
    const std::vector<LargerBody> larger{{"/long", 40}};
    BodyBudget budget(30);
    const auto header = "POST /long HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n";
    const auto send = [](RequestParser& parser, std::size_t bytes) {
        std::size_t used = 0;
        const auto refused = parser.parse_body(std::string(bytes, 'x'), used);
        return refused ? refused->status : 0;
    };
    {
        RequestParser first(kBodyBytes, {larger, &budget}), second(kBodyBytes, {larger, &budget});
        ASSERT_FALSE(first.parse_header(header));
        ASSERT_FALSE(second.parse_header(header)) << "what is only announced takes nothing";
        EXPECT_EQ(send(first, 25), 0);
        EXPECT_EQ(send(second, 25), 0);
        EXPECT_EQ(send(first, 15), 503);
    }
    RequestParser again(kBodyBytes, {larger, &budget});
    ASSERT_FALSE(again.parse_header(header));
    EXPECT_EQ(send(again, 40), 0) << "what the others held was given back";
    RequestParser usual(kBodyBytes, {larger, &budget});
    ASSERT_FALSE(usual.parse_header("POST /long HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"));
    EXPECT_EQ(send(usual, 10), 0) << "the usual length is in nobody's way";
}

// Beast's parser asserts when the last chunk's line comes alone and a little of what follows behind it.
TEST(RequestParser, a_chunked_body_may_be_cut_anywhere) {
    for (const std::string_view body : {"0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "00\r\nTrailer: x\r\n\r\n"}) {
        for (std::size_t step = 1; step <= body.size(); ++step) {
            RequestParser parser(kBodyBytes);
            ASSERT_FALSE(parser.parse_header("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
            std::string buffer;
            for (std::size_t at = 0; at < body.size(); at += step) {
                buffer += body.substr(at, step);
                std::size_t used = 0;
                do {
                    ASSERT_FALSE(parser.parse_body(buffer, used));
                    buffer.erase(0, used);
                } while (used > 0 && !parser.is_done());
            }
            EXPECT_TRUE(parser.is_done()) << body << " in steps of " << step;
            EXPECT_EQ(parser.take().body, body.starts_with('5') ? "hello" : "");
        }
    }
}

}  // namespace
}  // namespace florin::http
