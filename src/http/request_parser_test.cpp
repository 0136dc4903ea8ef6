// The attack table of: bytes against scan and parser together, as a connection uses them.
#include "http/request_parser.hpp"

#include <gtest/gtest.h>

#include "http/header_scan.hpp"

namespace florin::http {
namespace {

constexpr std::size_t kHeaderBytes = 1024;
constexpr std::size_t kBodyBytes = 10;

struct Parsed {
    int status = 0;  // of the refusal; 0: understood; 408: more is awaited
    Request request;
};

Parsed parse(std::string_view bytes) {
    HeaderScan scan(kHeaderBytes);
    if (const auto refused = scan.look(bytes)) return {refused->status, {}};
    if (!scan.is_complete()) return {408, {}};
    RequestParser parser(kBodyBytes);
    if (const auto refused = parser.parse_header(bytes.substr(0, scan.size()))) return {refused->status, {}};
    bytes.remove_prefix(scan.size());
    while (!parser.is_done()) {
        std::size_t used = 0;
        if (const auto refused = parser.parse_body(bytes, used)) return {refused->status, {}};
        bytes.remove_prefix(used);
        if (used == 0 && !parser.is_done()) return {408, {}};
    }
    return {0, parser.take()};
}

std::string get(std::string_view line) {
    return std::string("GET ").append(line).append("\r\nHost: h\r\n\r\n");
}
std::string with(std::string_view headers, std::string_view body = {}) {
    return std::string("POST / HTTP/1.1\r\nHost: h\r\n").append(headers).append("\r\n").append(body);
}
std::string chunked(std::string_view body) {
    return with("Transfer-Encoding: chunked\r\n", body);
}

void expect_status(const std::vector<std::pair<std::string, int>>& table) {
    for (const auto& [bytes, status] : table)
        EXPECT_EQ(parse(bytes).status, status) << ::testing::PrintToString(bytes.substr(0, 200));
}

TEST(RequestParser, request_lines_that_are_not_http_1_of_this_server_are_refused) {
    expect_status({
        {get("/ HTTP/1.1"), 0},
        {get("/ HTTP/1.0"), 0},
        {get("/a/../b;c=%2e%2e//d?e=[f]|\\ HTTP/1.1"), 0},  // a path of its own: nothing here unites paths
        {get("/ HTTP/1.2"), 400},
        {get("/ HTTP/0.9"), 400},
        {get("/ HTTP/2.0"), 400},
        {get("/ http/1.1"), 400},
        {get("/ HTTP/1.1 "), 400},
        {get("/  HTTP/1.1"), 400},
        {get("/\tHTTP/1.1"), 400},
        {get("/ HTTP/11"), 400},
        {"GET /\r\n\r\n", 400},
        {"GET\r\n\r\n", 400},
        {"GET / HTTP/1.1 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"G<T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"G\xc3\x89T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"\x16\x03\x01\x02", 400},  // TLS on the plain port: no need to wait for more
        {get("http://h/ HTTP/1.1"), 400},
        {get("//h/ HTTP/1.1"), 0},
        {get("h:80 HTTP/1.1"), 400},
        {get("* HTTP/1.1"), 400},
        {get("\\ HTTP/1.1"), 400},
        {get("/a#b HTTP/1.1"), 400},
        {get("/\x7f HTTP/1.1"), 400},
        {get("/\x01 HTTP/1.1"), 400},
        {get("/\xc3\xa9 HTTP/1.1"), 400},
        {get("/\xff HTTP/1.1"), 400},
        {get(std::string("/\0 HTTP/1.1", 11)), 400},
        {get("/" + std::string(2000, 'a') + " HTTP/1.1"), 414},
        {std::string(2000, 'A'), 414},
    });
}

TEST(RequestParser, lines_end_in_carriage_return_and_line_feed_and_nowhere_else) {
    expect_status({
        {"GET / HTTP/1.1\nHost: h\r\n\r\n", 400},
        {"GET / HTTP/1.1\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nX: y\n\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\n\n", 400},
        {"GET / HTTP/1.1\rHost: h\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\n\r\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nX\r: y\r\n\r\n", 400},
        {with("X: a\r\n folded\r\n"), 400},
        {with("X: a\r\n\tfolded\r\n"), 400},
        {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
        {with("Transfer-Encoding:\r\n chunked\r\n"), 400},
    });
}

TEST(RequestParser, headers_have_a_name_a_colon_and_no_control_characters) {
    expect_status({
        {with("X:y\r\nZ:\r\n\xc3\x89: e\r\n"), 400},
        {with("X:y\r\nZ:\r\nA: \xc3\xa9\xff\r\nB:\ta\tb \r\n"), 0},
        {with("X : y\r\n"), 400},
        {with("X\t: y\r\n"), 400},
        {with("Transfer-Encoding : chunked\r\n"), 400},
        {with(": y\r\n"), 400},
        {with("X\r\n"), 400},
        {with("X y: z\r\n"), 400},
        {with(std::string("X: \0\r\n", 6)), 400},
        {with(std::string("X\0: y\r\n", 7)), 400},
        {with("X: \x01\r\n"), 400},
        {with("X: \x1b[31m\r\n"), 400},
        {with("X: \x7f\r\n"), 400},
        {with("X: \x0b\r\n"), 400},
    });
}

TEST(RequestParser, exactly_one_host_that_is_one_is_required) {
    expect_status({
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.0\r\n\r\n", 0},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
        {"GET / HTTP/1.1\r\nhost: [::1]:8080\r\n\r\n", 0},
        {with("Host: h\r\n"), 400},
        {with("hOST: other\r\n"), 400},
        {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: user@h\r\n\r\n", 400},
    });
}

TEST(RequestParser, a_content_length_is_one_plain_number) {
    expect_status({
        {with("Content-Length: 2\r\n", "ab"), 0},
        {with("Content-Length:\t2 \r\n", "ab"), 0},
        {with("Content-Length: 0\r\n"), 0},
        {with("Content-Length: 3\r\n", "ab"), 408},
        {with("Content-Length: 10\r\n", "0123456789"), 0},
        {with("Content-Length: 11\r\n"), 413},
        {with("Content-Length: 9223372036854775807\r\n"), 413},
        {with("Content-Length: 18446744073709551615\r\n"), 413},
        {with("Content-Length: 18446744073709551616\r\n"), 400},
        {with("Content-Length: 99999999999999999999999999\r\n"), 400},
        {with("Content-Length: -1\r\n"), 400},
        {with("Content-Length: +5\r\n", "abcde"), 400},
        {with("Content-Length: 0x5\r\n", "abcde"), 400},
        {with("Content-Length: 5.0\r\n", "abcde"), 400},
        {with("Content-Length: 1e0\r\n", "a"), 400},
        {with("Content-Length: 005\r\n", "abcde"), 400},
        {with("Content-Length: 00\r\n"), 400},
        {with("Content-Length: 1 2\r\n", "abcde"), 400},
        {with("Content-Length: \"2\"\r\n", "ab"), 400},
        {with("Content-Length: 5, 5\r\n", "abcde"), 400},
        {with("Content-Length: 5,\r\n", "abcde"), 400},
        {with("Content-Length: 5;q=1\r\n", "abcde"), 400},
        {with("Content-Length:\r\n"), 400},
        {with("Content-Length: 2\r\nContent-Length: 2\r\n", "ab"), 400},
        {with("Content-Length: 2\r\ncontent-length: 3\r\n", "abc"), 400},
    });
}

TEST(RequestParser, a_transfer_encoding_is_chunked_alone) {
    const std::string body = "2\r\nab\r\n0\r\n\r\n";
    expect_status({
        {chunked(body), 0},
        {with("transfer-encoding:\t Chunked \r\n", body), 0},
        {with("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", body), 400},
        {with("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", body), 400},
        {with("Transfer-Encoding: identity\r\nContent-Length: 2\r\n", "ab"), 400},
        {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", body), 400},
        {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", body), 400},
        {with("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", body), 400},
        {with("Transfer-Encoding: chunked, identity\r\n", body), 400},
        {with("Transfer-Encoding: identity, chunked\r\n", body), 400},
        {with("Transfer-Encoding: chunked, chunked\r\n", body), 400},
        {with("Transfer-Encoding: chunked,\r\n", body), 400},
        {with("Transfer-Encoding: ,chunked\r\n", body), 400},
        {with("Transfer-Encoding: gzip, chunked\r\n", body), 400},
        {with("Transfer-Encoding: gzip\r\n"), 400},
        {with("Transfer-Encoding: xchunked\r\n", body), 400},
        {with("Transfer-Encoding: chunked;q=1\r\n", body), 400},
        {with("Transfer-Encoding: \"chunked\"\r\n", body), 400},
        {with("Transfer-Encoding: chunked\x0b\r\n", body), 400},
        {with("Transfer-Encoding:\r\n", body), 400},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + body, 400},
    });
}

TEST(RequestParser, chunks_are_hexadecimal_bounded_and_end_in_an_empty_one) {
    expect_status({
        {chunked("a\r\n0123456789\r\n0\r\n\r\n"), 0},
        {chunked("A\r\n0123456789\r\n000\r\n\r\n"), 0},
        {chunked("1\r\na\r\n"), 408},
        {chunked("b\r\n0123456789a\r\n0\r\n\r\n"), 413},
        {chunked("6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n"), 413},
        {chunked("ffffffffffffffff\r\na"), 413},
        {chunked("fffffffffffffffff\r\na"), 400},
        {chunked("10000000000000001\r\na"), 400},
        {chunked("-1\r\na\r\n0\r\n\r\n"), 400},
        {chunked("+1\r\na\r\n0\r\n\r\n"), 400},
        {chunked("0x1\r\na\r\n0\r\n\r\n"), 400},
        {chunked(" 1\r\na\r\n0\r\n\r\n"), 400},
        {chunked("1 \r\na\r\n0\r\n\r\n"), 400},
        {chunked("\r\na\r\n0\r\n\r\n"), 400},
        {chunked("zz\r\n0"), 400},
        {chunked("1\na\r\n0\r\n\r\n"), 400},
        {chunked("1\r\nab\r\n0\r\n\r\n"), 400},
        {chunked("1\r\na\n0\r\n\r\n"), 400},
        {chunked("1;x=y;z=\"q\"\r\na\r\n0;e\r\n\r\n"), 0},
        {chunked("1;x=\"\n\"\r\na\r\n0\r\n\r\n"), 400},
        {chunked("1;x=\"" + std::string("\0", 1) + "\"\r\na\r\n0\r\n\r\n"), 400},
        {chunked("1;x=" + std::string(2000, 'y') + "\r\na\r\n0\r\n\r\n"), 400},
        {chunked("1;x=" + std::string(600, 'y') + "\r\na\r\n1;x=" + std::string(600, 'y') + "\r\nb\r\n0\r\n\r\n"), 400},
        {chunked("0\r\nX: y\r\n\r\n"), 0},
        {chunked("0\r\nX : y\r\n\r\n"), 400},
        {chunked("0\r\nContent-Length: 5\r\n\r\n"), 400},
        {chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400},
    });
}

TEST(RequestParser, a_trailer_never_becomes_a_header) {
    const auto parsed = parse(chunked("1\r\na\r\n0\r\nAuthorization: Bearer x\r\nX: y\r\n\r\n"));
    EXPECT_EQ(parsed.status, 0);
    EXPECT_EQ(parsed.request.body, "a");
    EXPECT_EQ(parsed.request.count_of("authorization"), 0U);
}

TEST(RequestParser, headers_are_bounded_in_bytes_and_number) {
    std::string hundred, many;
    for (int i = 0; i < 99; ++i) hundred += "a:\r\n";
    for (int i = 0; i < 200; ++i) many += "a:\r\n";
    expect_status({
        {with(hundred), 0},
        {with(hundred + "a:\r\n"), 431},
        {with(many), 431},
        {with("X: " + std::string(2000, 'x') + "\r\n"), 431},
        {"GET / HTTP/1.1\r\nX: " + std::string(2000, 'x'), 431},
    });
}

TEST(RequestParser, only_the_expectation_of_100_continue_is_met) {
    expect_status({{with("Expect: 100-Continue\r\nContent-Length: 1\r\n", "a"), 0},
                   {with("Expect: 200-ok\r\nContent-Length: 1\r\n", "a"), 417},
                   {with("Expect:\r\n"), 417}});
}

TEST(RequestParser, repeated_headers_are_kept_apart_for_whoever_must_refuse_them) {
    const auto parsed =
        parse(with("Authorization: a\r\nauthorization: b\r\nIdempotency-Key: 1\r\nIDEMPOTENCY-KEY: 2\r\n"));
    EXPECT_EQ(parsed.request.count_of("authorization"), 2U);
    EXPECT_EQ(parsed.request.count_of("idempotency-key"), 2U);
}

TEST(HeaderScan, the_end_is_found_wherever_the_bytes_are_cut) {
    const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\nmore\n";
    const auto header = bytes.size() - 5;
    for (std::size_t cut = 0; cut < header; ++cut) {
        HeaderScan scan(kHeaderBytes);
        for (const auto size : {cut, cut + 1, header}) {
            EXPECT_FALSE(scan.look(std::string_view(bytes).substr(0, size)));
            if (size < header) EXPECT_FALSE(scan.is_complete());
        }
        EXPECT_EQ(scan.size(), header);
    }
}

}  // namespace
}  // namespace florin::http
