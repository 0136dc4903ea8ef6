// What a merchant asks under an Idempotency-Key: a new payment, or the capture, void or refund of one.
#pragma once

#include <string>
#include <variant>

#include "payments/modification.hpp"
#include "payments/request.hpp"
#include "store/credentials.hpp"

namespace florin::flow {

struct Modification {
    payments::Payment payment;  // as read; of the credential's merchant and mode
    payments::ModificationRequest request;
};

struct Command {
    store::Credential credential;
    std::string key;  // checked Idempotency-Key
    RequestId request_id;
    std::variant<payments::CreateRequest, Modification> request;
    Digest fingerprint;
};

}  // namespace florin::flow
