// api/openapi.yaml as it was when this program was built.
#pragma once

#include <string_view>

namespace florin::api {

std::string_view openapi_yaml();

}  // namespace florin::api
