#include "http/answer_parser.hpp"

#include <gtest/gtest.h>

namespace florin::http {
namespace {

// Beast's parser asserts when the last chunk's line comes alone and a little of what follows behind it.
TEST(AnswerParser, a_chunked_answer_may_be_cut_anywhere) {
    const std::string_view header = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::string_view body : {"0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "00\r\nTrailer: x\r\n\r\n"}) {
        const auto bytes = std::string(header).append(body);
        for (std::size_t step = 1; step <= bytes.size(); ++step) {
            AnswerParser parser({10}, true);
            std::string buffer;
            for (std::size_t at = 0; at < bytes.size(); at += step) {
                buffer += bytes.substr(at, step);
                std::size_t used = 0;
                do {
                    ASSERT_FALSE(parser.parse(buffer, used));
                    buffer.erase(0, used);
                } while (used > 0 && !parser.is_done());
            }
            EXPECT_TRUE(parser.is_done()) << bytes << " in steps of " << step;
            EXPECT_EQ(parser.take().body, body.starts_with('5') ? "hello" : "");
        }
    }
}

TEST(AnswerParser, a_connection_that_ends_inside_the_last_chunk_gives_half_an_answer) {
    AnswerParser parser({10}, true);
    std::size_t used = 0;
    ASSERT_FALSE(parser.parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", used));
    ASSERT_FALSE(parser.parse("0\r\n", used));
    EXPECT_TRUE(parser.parse_end());
}

}  // namespace
}  // namespace florin::http
