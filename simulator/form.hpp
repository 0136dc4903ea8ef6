// application/x-www-form-urlencoded, decoded once into a flat list: nested keys keep their brackets, as
// `payment_method_options[card][moto]`. The values live as long as the Form and the text that it decoded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace florin::simulator {

struct Field {
    std::string_view key;
    std::string_view value;
};

class Form {
public:
    // False when an escape is malformed.
    bool decode(std::string_view query, std::string_view body);
    const std::vector<Field>& fields() const { return fields_; }
    // The last value of that key, or nullptr.
    const std::string_view* find(std::string_view key) const;

private:
    bool decode_part(std::string_view text);
    bool unescape(std::string_view text, std::string_view& out);

    std::string decoded_;  // what had escapes; never longer than the text, so that its views stay valid
    std::vector<Field> fields_;
};

}  // namespace florin::simulator
