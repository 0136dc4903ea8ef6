// Why a request never becomes one.
#pragma once

#include <string>

namespace florin::http {

// The status and the sentence for the client.
struct Refused {
    int status = 400;
    std::string detail{};
};

}  // namespace florin::http
