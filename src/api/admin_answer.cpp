#include "api/admin_answer.hpp"

#include <boost/json/serialize.hpp>

namespace florin::api {

http::Response resource_response(int status, const boost::json::object& resource, bool replayed) {
    http::Response response{.status = status, .body = boost::json::serialize(resource)};
    if (replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
    return response;
}

http::Response made_key_response(const store::MadeKey& made) {
    auto object = store::to_json(made.row);
    object["key"] = made.replayed ? boost::json::value() : boost::json::value(made.key.expose());
    return resource_response(201, object, made.replayed);
}

http::Response page_response(boost::json::array data, bool has_more) {
    boost::json::object body;
    body["has_more"] = has_more;
    body["next_starting_after"] = data.empty() ? boost::json::value() : data.back().at("id");
    body["data"] = std::move(data);
    return {.body = boost::json::serialize(body)};
}

}  // namespace florin::api
