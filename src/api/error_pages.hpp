// docs/errors.md as it was when this program was built, and its sections: what the `type` of a problem points to.
#pragma once

#include <string_view>

namespace florin::api {

std::string_view errors_md();

// The section below the headline that is the code, headline included; empty when there is none.
std::string_view error_page(std::string_view code);

}  // namespace florin::api
