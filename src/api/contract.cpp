// GET /openapi.yaml
#include "api/contract.hpp"

#include "api/handlers.hpp"

namespace florin::api {

Task<Answer> tell_contract(const ApiServices&, Call) {
    co_return http::Response{.body = std::string(openapi_yaml()), .content_type = "application/yaml"};
}

}  // namespace florin::api
