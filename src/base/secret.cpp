#include "base/secret.hpp"

#include <openssl/crypto.h>

namespace florin {

Secret::~Secret() {
    // A short string lives inside the object, and a moved-from one may keep its old characters behind its end.
    value_.resize(value_.capacity());
    OPENSSL_cleanse(value_.data(), value_.size());
}

}  // namespace florin
