// A body of application/x-www-form-urlencoded: names as Stripe's own libraries send them, brackets bare; values
// escaped, so that no text can add a field.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace florin::psp::stripe {

class Form {
public:
    Form& add(std::string_view name, std::string_view value);
    Form& add_given(std::string_view name, const std::optional<std::string>& value);
    std::string take() { return std::move(body_); }

private:
    std::string body_;
};

// Letters, digits and '_'.
bool is_word(std::string_view text);

}  // namespace florin::psp::stripe
