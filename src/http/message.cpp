#include <algorithm>

#include "http/client.hpp"
#include "http/server.hpp"

namespace florin::http {
namespace {
const std::string* find_in(const std::vector<std::pair<std::string, std::string>>& headers, std::string_view name) {
    const auto found =
        std::ranges::find(headers, name, [](const auto& header) -> std::string_view { return header.first; });
    return found == headers.end() ? nullptr : &found->second;
}
}  // namespace

const std::string* Request::find_header(std::string_view lower_case_name) const {
    return find_in(headers, lower_case_name);
}

std::size_t Request::count_of(std::string_view lower_case_name) const {
    return static_cast<std::size_t>(std::ranges::count(
        headers, lower_case_name, [](const auto& header) -> std::string_view { return header.first; }));
}

const std::string* ClientAnswer::find_header(std::string_view lower_case_name) const {
    return find_in(headers, lower_case_name);
}

}  // namespace florin::http
