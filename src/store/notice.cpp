#include "store/notice.hpp"

#include <algorithm>
#include <array>

namespace florin::store {
namespace {

struct Word {
    NoticeType type;
    std::string_view text;
};
constexpr auto kWords = std::to_array<Word>({{NoticeType::endpoint_disabled, "webhook_endpoint.disabled"},
                                             {NoticeType::endpoint_test, "webhook_endpoint.test"}});

}  // namespace

std::string_view to_string(NoticeType type) {
    return std::ranges::find(kWords, type, &Word::type)->text;
}

std::optional<NoticeType> parse_notice_type(std::string_view text) {
    const auto* word = std::ranges::find(kWords, text, &Word::text);
    return word == kWords.end() ? std::nullopt : std::optional(word->type);
}

}  // namespace florin::store
