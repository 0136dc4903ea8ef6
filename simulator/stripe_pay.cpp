// What creating and confirming share: the attempt to take the money.
#include "simulator/stripe.hpp"
#include "simulator/stripe_methods.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {
namespace {

bool needs_challenge(Behaviour behaviour) {
    return behaviour == Behaviour::needs_challenge || behaviour == Behaviour::challenge_then_decline;
}

Result declined(const Intent& intent, std::uint8_t decline) {
    Result result{.status = 402};
    render_decline(result.body, intent, decline);
    return result;
}

void keep(Intent& intent, const Field& field) {
    for (auto& [path, value] : intent.kept) {
        if (path != field.key) continue;
        value = field.value;
        return;
    }
    if (!field.value.empty()) intent.kept.emplace_back(field.key, field.value);
}

}  // namespace

void keep_parameters(Intent& intent, const Parameters& parameters) {
    for (const Field& field : parameters.kept) keep(intent, field);
    if (!parameters.request_multicapture.empty()) {
        intent.wants_multicapture = parameters.request_multicapture == "if_available";
    }
    if (!parameters.return_url.empty()) intent.return_url = parameters.return_url;
    if (const auto method = find_capture_method(parameters.capture_method)) intent.capture_method = *method;
}

bool merge_metadata(Pairs& metadata, const Parameters& parameters) {
    metadata.reserve(metadata.size() + parameters.metadata.size());
    for (const Field& field : parameters.metadata) {
        std::erase_if(metadata, [&](const auto& pair) { return pair.first == field.key; });
        if (!field.value.empty()) metadata.emplace_back(field.key, field.value);
    }
    return metadata.size() <= kMostMetadata;
}

Result too_much_metadata(const Intent& intent) {
    return problem(400, {}, "You can have up to 50 metadata keys.", "metadata", &intent);
}

References references_of(const Parameters& parameters, std::string_view idempotency_key, const Intent& intent) {
    Pairs metadata;
    merge_metadata(metadata, parameters);
    References references{std::string(payment_reference(metadata)), std::string(operation_reference(metadata))};
    for (const auto& [key, value] : metadata) {
        if (references.operation.empty() && key.starts_with("op_")) references.operation = key;
    }
    if (references.operation.empty()) references.operation = without_attempt(idempotency_key);
    if (references.payment.empty()) references.payment = references_of(intent).payment;
    return references;
}

bool take_payment_method(Intent& intent, std::string_view name) {
    // What a token became is known by the intent that holds it.
    if (!intent.payment_method.empty() && name == intent.payment_method) return true;
    const int method = find_method(name);
    if (method < 0) return false;
    intent.method = static_cast<std::int16_t>(method);
    intent.payment_method = name.starts_with("pm_") ? std::string(name) : "pm_1" + intent.id.substr(4);
    return true;
}

std::optional<CaptureMethod> find_capture_method(std::string_view name) {
    if (name == "automatic") return CaptureMethod::automatic;
    if (name == "automatic_async") return CaptureMethod::automatic_async;
    if (name == "manual") return CaptureMethod::manual;
    return std::nullopt;
}

std::optional<Result> check_confirmation(const Intent& intent, const Parameters& parameters) {
    if (intent.method < 0 || intent.payment_method.empty()) {
        return problem(
            400, "payment_intent_unexpected_state",
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method.",
            {}, &intent);
    }
    const bool may_redirect = intent.automatic_methods && intent.allows_redirects;
    if (may_redirect && intent.return_url.empty() && !parameters.use_stripe_sdk) {
        return problem(
            400, {},
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
            "these payment methods might redirect your customer off of your page, you must provide a `return_url`. "
            "If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` "
            "to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and "
            "Payment Intents.",
            "return_url");
    }
    return std::nullopt;
}

void Stripe::add_charge(Intent& intent, const Attempt& attempt) const {
    Charge charge{.created_s = world_.now_us() / 1'000'000, .amount = intent.amount};
    charge.method = static_cast<std::uint8_t>(intent.method);
    charge.succeeded = !attempt.decline;
    charge.decline = attempt.decline.value_or(0);
    charge.authenticated = attempt.authenticated;
    intent.last_decline = attempt.decline ? static_cast<std::int16_t>(*attempt.decline) : std::int16_t{-1};
    if (attempt.decline) {
        intent.status = Status::requires_payment_method;
    } else if (intent.capture_method == CaptureMethod::manual) {
        intent.status = Status::requires_capture;
        charge.capture_before_s = charge.created_s + authorization_life_s(charge, attempt.off_session);
    } else {
        intent.status = Status::succeeded;
        charge.captured = charge.amount;
    }
    intent.charges.push_back(charge);
}

// A setting of its own goes before what the scheme allows.
std::int64_t Stripe::authorization_life_s(const Charge& charge, bool off_session) const {
    const auto wanted_ms = world_.settings.authorization_life_ms;
    if (wanted_ms > 0) return (wanted_ms + 999) / 1'000;
    return authorization_days(methods()[charge.method], off_session) * 86'400;
}

// Changes the intent; the caller writes it to the truth.
Result Stripe::pay(Intent& intent, const Call& call) {
    const Method& method = methods()[static_cast<std::size_t>(intent.method)];
    std::optional<std::uint8_t> decline;
    if (call.fault != nullptr && call.fault->action == Action::decline) {
        decline = call.fault->decline.value_or(kGenericDecline);
    } else if (needs_challenge(method.behaviour)) {
        return require_action(intent, call);
    } else if (method.behaviour == Behaviour::declines) {
        decline = method.decline;
    }
    add_charge(intent, {.decline = decline, .off_session = call.parameters.off_session});
    return decline ? declined(intent, *decline) : Result{.intent = &intent};
}

Result Stripe::require_action(Intent& intent, const Call& call) {
    if (call.parameters.off_session || call.parameters.error_on_requires_action) {
        add_charge(intent, {.decline = kAuthenticationRequired});
        return declined(intent, kAuthenticationRequired);
    }
    intent.status = Status::requires_action;
    intent.last_decline = -1;
    intent.redirects = !intent.return_url.empty() && !call.parameters.use_stripe_sdk;
    intent.challenge_url = world_.base_url + "/_simulator/3ds/" + intent.id;
    intent.challenge_began_us = world_.now_us();
    return {.intent = &intent};
}

bool Stripe::decide_challenge(Intent& intent, bool approved) {
    if (intent.status != Status::requires_action) return false;
    world_.truth.begin();
    world_.truth.begin_change(intent, world_.keeps_before());
    intent.changed_us = world_.now_us();
    const Method& method = methods()[static_cast<std::size_t>(intent.method)];
    if (!approved) {
        intent.status = Status::requires_payment_method;
        intent.last_decline = kAuthenticationFailed;
    } else if (method.behaviour == Behaviour::challenge_then_decline) {
        add_charge(intent, {.decline = method.decline, .authenticated = true});
    } else {
        add_charge(intent, {.authenticated = true});
    }
    watch(intent);
    world_.truth.changed(intent);
    world_.truth.commit();
    return true;
}

}  // namespace florin::simulator
