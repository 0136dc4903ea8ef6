#include "simulator/stripe.hpp"

#include <openssl/evp.h>

#include <chrono>

#include "simulator/mix.hpp"
#include "simulator/stripe_render.hpp"
#include "simulator/webhooks.hpp"

namespace florin::simulator {
namespace {

constexpr std::string_view kIntents = "/v1/payment_intents";
constexpr std::string_view kCharges = "/v1/charges/";
constexpr std::string_view kRefunds = "/v1/refunds";
constexpr std::size_t kLongestKey = 255;

// The secret key of `Bearer sk_…` or of Basic with the key as user and no password.
std::string secret_key(std::string_view authorization) {
    if (authorization.starts_with("Bearer ")) return std::string(authorization.substr(7));
    if (!authorization.starts_with("Basic ")) return {};
    authorization.remove_prefix(6);
    std::string user(authorization.size(), '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(user.data()),
                                       reinterpret_cast<const unsigned char*>(authorization.data()),
                                       static_cast<int>(authorization.size()));
    if (length < 0) return {};
    return user.substr(0, user.find(':'));
}

bool is_authorized(const std::string& key, const Settings& settings, Answer& answer) {
    constexpr std::string_view kPrefix = "sk_test_";
    if (key.empty()) {
        fill_error(
            answer, 401, "invalid_request_error", {},
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
        return false;
    }
    if (key.starts_with(kPrefix) && key.size() > kPrefix.size() && key != settings.revoked_key) return true;
    const auto tail = key.size() > 12 ? key.substr(key.size() - 4) : std::string();
    fill_error(answer, 401, "invalid_request_error", {},
               "Invalid API Key provided: " + key.substr(0, 8) + "****" + tail);
    return false;
}

struct Route {
    Operation operation;
    std::string_view id{};
};

// `rest` is what follows /v1/refunds.
std::optional<Route> find_refund_route(bool is_post, std::string_view rest) {
    if (rest.empty()) return Route{is_post ? Operation::refund : Operation::list_refunds};
    if (rest[0] != '/' || rest.size() == 1 || rest.find('/', 1) != std::string_view::npos) return std::nullopt;
    return Route{is_post ? Operation::update_refund : Operation::retrieve_refund, rest.substr(1)};
}

// What can be refused before any object is looked at: such a call stores nothing under its key.
std::optional<ParameterError> check(Operation operation, const Parameters& parameters) {
    if (operation == Operation::create) return check_create(parameters);
    if (operation == Operation::capture) return check_capture(parameters);
    if (operation == Operation::refund) return check_refund(parameters);
    return std::nullopt;
}

std::optional<Route> find_route(std::string_view method, std::string_view path) {
    const bool is_post = method == "POST";
    if (!is_post && method != "GET") return std::nullopt;
    if (path.starts_with(kCharges) && !is_post) return Route{Operation::charge, path.substr(kCharges.size())};
    if (path.starts_with(kRefunds)) return find_refund_route(is_post, path.substr(kRefunds.size()));
    if (!path.starts_with(kIntents)) return std::nullopt;
    path.remove_prefix(kIntents.size());
    if (path.empty()) return Route{is_post ? Operation::create : Operation::list};
    if (path[0] != '/' || path.size() == 1) return std::nullopt;
    path.remove_prefix(1);
    const auto slash = path.find('/');
    const auto id = path.substr(0, slash);
    if (slash == std::string_view::npos) return Route{is_post ? Operation::update : Operation::retrieve, id};
    const auto verb = path.substr(slash + 1);
    if (is_post && verb == "capture") return Route{Operation::capture, id};
    if (is_post && verb == "confirm") return Route{Operation::confirm, id};
    if (is_post && verb == "cancel") return Route{Operation::cancel, id};
    return std::nullopt;
}

// The same parameters in another order are the same request.
std::uint64_t fingerprint_of(std::string_view path, const Form& form) {
    std::uint64_t sum = mix(path);
    for (const Field& field : form.fields()) sum += mix(field.value, mix(field.key));
    return sum;
}

}  // namespace

std::int64_t World::real_us() const {
    const auto real = std::chrono::system_clock::now().time_since_epoch() + virtual_time();
    return std::chrono::duration_cast<std::chrono::microseconds>(real).count();
}

std::int64_t World::now_us() const {
    return real_us() + truth.clock_offset_us();
}

Result problem(int status, std::string_view code, std::string_view message, std::string_view param,
               const Intent* intent) {
    Result result{.status = status};
    render_error(result.body, {.code = code, .message = message, .param = param, .intent = intent});
    return result;
}

Result no_such_intent(std::string_view id) {
    return problem(404, "resource_missing", "No such payment_intent: '" + std::string(id) + "'", "intent");
}

void fill_error(Answer& answer, int status, std::string_view type, std::string_view code, std::string_view message) {
    answer.status = status;
    answer.body.clear();
    render_error(answer.body, {.type = type, .code = code, .message = message});
}

void Stripe::handle(const Request& request, Answer& answer) {
    if (tells_events()) world_.webhooks->begin({});
    pass_time();
    std::string request_id = "req_";
    world_.random.append_token(request_id, 14);
    answer.add_header("Request-Id", request_id);
    if (tells_events()) world_.webhooks->begin({std::move(request_id), std::string(request.idempotency_key)});
    if (!request.stripe_version.empty()) answer.add_header("Stripe-Version", request.stripe_version);
    const auto key = secret_key(request.authorization);
    if (!is_authorized(key, world_.settings, answer)) return;
    const auto route = find_route(request.method, request.path);
    if (!route) {
        return fill_error(answer, 404, "invalid_request_error", {},
                          "Unrecognized request URL (" + std::string(request.method) + ": " +
                              std::string(request.path) +
                              "). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.");
    }
    Call call{.operation = route->operation, .id = route->id, .request = request};
    if (!form_.decode(request.query, request.method == "POST" ? request.body : std::string_view())) {
        return fill_error(answer, 400, "invalid_request_error", {}, "Invalid percent-encoding in the request.");
    }
    call.problem = read_parameters(call.operation, form_, call.parameters);
    if (!call.problem) call.problem = check(call.operation, call.parameters);
    answer_call(call, key, answer);
    if (tells_events()) world_.webhooks->hold_back(answer);
}

bool Stripe::tells_events() const {
    return world_.webhooks != nullptr && world_.webhooks->is_on();
}

void Stripe::answer_call(Call& call, std::string_view account, Answer& answer) {
    const Request& request = call.request;
    std::string& key = key_;
    key.clear();
    std::uint64_t fingerprint = 0;
    if (request.method == "POST" && !request.idempotency_key.empty()) {
        if (request.idempotency_key.size() > kLongestKey) {
            return fill_error(answer, 400, "idempotency_error", {},
                              "Idempotency keys may be up to 255 characters long.");
        }
        answer.add_header("Idempotency-Key", request.idempotency_key);
        key.append(account).push_back('\0');
        key.append(request.idempotency_key);
        fingerprint = fingerprint_of(request.path, form_);
    }
    const StoredAnswer* stored = find_stored(key);
    if (!world_.faults.is_empty()) {
        const bool is_replay = stored != nullptr && stored->fingerprint == fingerprint;
        call.fault = world_.faults.strike(
            {call.operation, &call.parameters, request.idempotency_key, named_intent(call), is_replay}, monotonic_us());
        if (strike_before(call, answer)) return;
    }
    answer.delay_us = world_.settings.latency.draw_us(world_.random);
    if (call.fault != nullptr) answer.delay_us += call.fault->delay_ms * 1'000;
    if (stored != nullptr) {
        answer_from_store(call, *stored, fingerprint, answer);
    } else if (call.problem) {
        const auto& wrong = *call.problem;
        render(answer, call, problem(400, wrong.code, wrong.message, wrong.param));
    } else {
        execute(call, key, fingerprint, answer);
    }
    if (call.fault != nullptr) strike_answer(call, answer);
}

// What a call changes and the key that it used are one frame of the log.
void Stripe::execute(Call& call, const std::string& key, std::uint64_t fingerprint, Answer& answer) {
    world_.truth.begin();
    const Result result = call.fault == nullptr ? run(call) : run_struck(call);
    if (!key.empty()) store(call, key, fingerprint, result, answer.delay_us);
    world_.truth.commit();
    render(answer, call, result);
}

Intent* Stripe::named_intent(const Call& call) {
    const auto derived = [&](std::string_view id, std::string_view prefix) -> Intent* {
        const auto parts = split_id(id, prefix);
        return parts ? world_.truth.find(parts->first) : nullptr;
    };
    const auto& asked = call.parameters;
    if (call.id.starts_with(kRefundPrefix)) return derived(call.id, kRefundPrefix);
    if (call.id.starts_with(kChargePrefix)) return derived(call.id, kChargePrefix);
    if (!call.id.empty()) return world_.truth.find(call.id);
    if (!asked.charge.empty()) return derived(asked.charge, kChargePrefix);
    return asked.payment_intent.empty() ? nullptr : world_.truth.find(asked.payment_intent);
}

Result Stripe::run(Call& call) {
    switch (call.operation) {
        case Operation::create:
            return create(call);
        case Operation::confirm:
            return confirm(call);
        case Operation::cancel:
            return cancel(call);
        case Operation::update:
            return update(call);
        case Operation::retrieve:
            return retrieve(call);
        case Operation::list:
            return list(call);
        case Operation::charge:
            return charge(call);
        case Operation::capture:
            return capture(call);
        case Operation::refund:
            return refund(call);
        case Operation::retrieve_refund:
            return retrieve_refund(call);
        case Operation::list_refunds:
            return list_refunds(call);
        case Operation::update_refund:
            return update_refund(call);
        case Operation::webhook:
            break;
    }
    return {};
}

}  // namespace florin::simulator
