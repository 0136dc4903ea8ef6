// What is asked once, when an endpoint is registered or gets another URL: whether events can be sent there at all. The
// same is checked again at each connection (http/public_client.hpp), for names move.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "http/names.hpp"
#include "store/webhook_endpoints.hpp"
#include "webhooks/target.hpp"

namespace florin::webhooks {

class Registration {
public:
    // Loopback, where the rules allow it, is for endpoints of test mode.
    Registration(std::shared_ptr<http::Names> names, TargetRules rules);

    // Nothing, or why the URL is refused: by its form, or because its name leads nowhere, or to an address that is not
    // public.
    Task<std::optional<Refusal>> fault_of(std::string url, bool live, Deadline deadline) const;

private:
    std::shared_ptr<http::Names> names_;
    TargetRules rules_;
};

// Secrets for the store: it gets them sealed.
store::MakeSecret sealed_secrets(const Secret& pepper);

}  // namespace florin::webhooks
