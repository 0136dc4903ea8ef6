#include "store/metadata.hpp"

#include <boost/json/parse.hpp>

#include "base/json.hpp"

namespace florin::store {

std::string metadata_json(const payments::Metadata& metadata) {
    std::string out = "{";
    for (const auto& [name, value] : metadata) {
        if (out.size() > 1) out += ',';
        json::append_string(out, name);
        out += ':';
        json::append_string(out, value);
    }
    return out += '}';
}

payments::Metadata metadata_of(std::string_view json) {
    payments::Metadata metadata;
    if (json == "{}") return metadata;
    const boost::json::value parsed = boost::json::parse(json);
    for (const auto& member : parsed.as_object()) {
        metadata.emplace(std::string(member.key()), std::string(member.value().as_string()));
    }
    return metadata;
}

}  // namespace florin::store
