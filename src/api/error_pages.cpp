// GET /errors/{code}
#include "api/error_pages.hpp"

#include <string>

#include "api/handlers.hpp"

namespace florin::api {

std::string_view error_page(std::string_view code) {
    constexpr std::string_view kHeadline = "\n## ";
    const auto begin = errors_md().find(std::string(kHeadline).append(code) + '\n');
    if (begin == std::string_view::npos || code.find('\n') != std::string_view::npos) return {};
    const auto end = errors_md().find(kHeadline, begin + 1);
    return errors_md().substr(begin + 1, end == std::string_view::npos ? end : end - begin);
}

Task<Answer> tell_error(const ApiServices&, Call call) {
    const auto page = error_page(call.id);
    if (page.empty()) {
        co_return refuse(Error::not_found,
                         "There is no error with this code. Every code stands in docs/errors.md and "
                         "in /openapi.yaml.");
    }
    co_return http::Response{.body = std::string(page), .content_type = "text/markdown; charset=utf-8"};
}

}  // namespace florin::api
