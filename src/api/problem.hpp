// Refusals as HTTP: every answer of 400 or more is application/problem+json (RFC 9457).
#pragma once

#include <string>

#include "base/error.hpp"
#include "base/id.hpp"
#include "http/server.hpp"

namespace florin::api {

inline constexpr const char* kProblemType = "application/problem+json";

int status_of(Error error);
// The error for a status that http::Server answers by itself.
Error error_of_status(int status);

http::Response problem_response(int status, const Refusal& refusal, RequestId request);
inline http::Response problem_response(const Refusal& refusal, RequestId request) {
    return problem_response(status_of(refusal.error), refusal, request);
}

}  // namespace florin::api
