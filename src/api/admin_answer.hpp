// The answers of the admin API: one resource, one page of them, and the parameters of a page.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>

#include "api/query.hpp"
#include "http/server.hpp"
#include "store/administration_json.hpp"

namespace florin::api {

http::Response resource_response(int status, const boost::json::object& resource, bool replayed = false);

// With the secret as "key", or null in a replay: it is shown once.
http::Response made_key_response(const store::MadeKey& made);

// limit and starting_after; `parse` reads the cursor's id.
template <class Id>
Checked<store::Cut> parse_cut(const Parameters& parameters) {
    store::Cut cut;
    if (const auto found = parameters.find("limit"); found != parameters.end()) {
        const auto limit = parse_limit(found->second);
        if (!limit) return refuse(Error::invalid_field, "limit must be a whole number from 1 to 100.");
        cut.limit = *limit;
    }
    if (const auto found = parameters.find("starting_after"); found != parameters.end()) {
        const auto id = Id::parse(found->second);
        if (!id) {
            return refuse(Error::invalid_field,
                          "starting_after must be an id, the next_starting_after of the page before.");
        }
        cut.starting_after = id->uuid();
    }
    return cut;
}

// {"data":[…],"has_more":…,"next_starting_after":…}
http::Response page_response(boost::json::array data, bool has_more);

template <class Row>
http::Response page_response(const store::Slice<Row>& slice) {
    boost::json::array data;
    for (const auto& row : slice.rows) data.push_back(to_json(row));
    return page_response(std::move(data), slice.has_more);
}

}  // namespace florin::api
