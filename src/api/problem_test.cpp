#include "api/problem.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <vector>

#include "api/contract.hpp"
#include "api/error_pages.hpp"
#include "api/routes.hpp"

namespace florin::api {
namespace {

std::vector<Error> all_errors() {
    std::vector<Error> errors;
    for (int i = 0; i <= static_cast<int>(Error::internal); ++i) errors.push_back(static_cast<Error>(i));
    return errors;
}

std::size_t count_of(std::string_view text, std::string_view wanted) {
    std::size_t count = 0;
    for (auto at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) ++count;
    return count;
}

TEST(Problem, every_error_has_a_status_and_a_section_in_the_docs_that_says_it) {
    for (const Error error : all_errors()) {
        const auto section = error_page(to_string(error));
        EXPECT_NE(section.find("\n**" + std::to_string(status_of(error))), std::string::npos)
            << to_string(error) << " answers " << status_of(error) << " and its section says: " << section;
    }
    EXPECT_EQ(count_of(errors_md(), "\n## "), all_errors().size());
}

TEST(Problem, the_type_of_every_problem_is_the_path_of_its_section) {
    for (const Error error : all_errors()) {
        const auto body = boost::json::parse(problem_response({error, "Do this."}, RequestId{}).body);
        const auto match = find_route("GET", std::string(body.at("type").as_string()));
        ASSERT_TRUE(match.route) << body;
        EXPECT_EQ(match.route->name, "error_page");
        EXPECT_EQ(match.id, to_string(error));
    }
}

TEST(Problem, the_contract_lists_every_code_and_no_other) {
    const auto at = openapi_yaml().find("    ErrorCode:\n");
    ASSERT_NE(at, std::string_view::npos);
    const auto list = openapi_yaml().substr(at, openapi_yaml().find("\n\n", at) - at + 1);
    for (const Error error : all_errors())
        EXPECT_EQ(count_of(list, "        - " + std::string(to_string(error)) + "\n"), 1U) << to_string(error);
    EXPECT_EQ(count_of(list, "        - "), all_errors().size());
}

TEST(Problem, never_answers_502_and_never_below_400) {
    for (const Error error : all_errors()) {
        EXPECT_GE(status_of(error), 400) << to_string(error);
        EXPECT_NE(status_of(error), 502) << to_string(error);
    }
}

TEST(Problem, says_code_detail_pointer_and_request) {
    const Refusal refusal{Error::conflict, "Repeat it.", "/amount", 7};
    const RequestId request = RequestId::make(WallTime{}, Bucket{1}, false);
    const auto response = problem_response(refusal, request);
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto body = boost::json::parse(response.body);
    EXPECT_EQ(body.at("code"), "conflict");
    EXPECT_EQ(body.at("status"), 409);
    EXPECT_EQ(body.at("detail"), "Repeat it.");
    EXPECT_EQ(body.at("pointer"), "/amount");
    EXPECT_EQ(body.at("request_id").as_string(), to_string(request));
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0], (std::pair<std::string, std::string>("Retry-After", "7")));
}

TEST(Problem, what_the_server_refuses_by_itself_has_a_code_of_its_own_status) {
    const std::pair<int, Error> table[] = {
        {400, Error::malformed_request}, {404, Error::not_found},         {408, Error::malformed_request},
        {413, Error::payload_too_large}, {417, Error::malformed_request}, {431, Error::headers_too_large},
        {500, Error::internal},          {503, Error::overloaded},
    };
    for (const auto& [status, error] : table) EXPECT_EQ(error_of_status(status), error) << status;
}

}  // namespace
}  // namespace florin::api
