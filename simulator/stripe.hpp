// Stripe's side of the world: PaymentIntents, charges and refunds under /v1, strict as Stripe is. One file per call;
// this class holds what they share.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <string_view>

#include "simulator/faults.hpp"
#include "simulator/form.hpp"
#include "simulator/http_message.hpp"
#include "simulator/random.hpp"
#include "simulator/settings.hpp"
#include "simulator/stripe_parameters.hpp"
#include "simulator/stripe_render.hpp"
#include "simulator/timers.hpp"
#include "simulator/truth.hpp"

namespace florin::simulator {

// What an endpoint answers. A success names its intent, so that its bytes need not be kept.
struct Result {
    int status = 200;
    const Intent* intent = nullptr;  // it, or its refund, is rendered as the body when `body` is empty
    std::int16_t refund = kNoRefund;
    std::string body{};
    bool is_unstored = false;  // a proxy's answer: the key stores nothing
};

class Webhooks;

struct World {
    Settings settings{};
    Random random;
    Faults faults{random};
    Truth truth{};
    Timers* timers = nullptr;
    Webhooks* webhooks = nullptr;
    std::string base_url{};  // http://host:port, of challenge links

    explicit World(std::uint64_t seed) : random(seed) {}
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    // The simulator's clock: real time plus the offset of POST /_simulator/clock.
    std::int64_t now_us() const;
    // The machine's clock.
    std::int64_t real_us() const;
    // A read lag is in force: the old state must be kept when something changes.
    bool keeps_before() const { return settings.read_lag_ms > 0; }
};

class Stripe {
public:
    explicit Stripe(World& world) : world_(world) {}

    void handle(const Request& request, Answer& answer);
    // Does what the clock has made due: challenges that nobody answered end, authorizations expire, refunds change
    // their status. Cheap when nothing is due.
    void pass_time();
    // Remembers what the truth says is to come; once, after it is open.
    void resume();
    // The payer's decision on the issuer's page; false when there is nothing to decide any more.
    bool decide_challenge(Intent& intent, bool approved);

private:
    struct Call {
        Operation operation;
        std::string_view id{};  // of the object in the path
        const Request& request;
        Parameters parameters{};
        std::optional<ParameterError> problem{};
        const Fault* fault = nullptr;
    };

    // stripe.cpp
    bool tells_events() const;
    void answer_call(Call& call, std::string_view account, Answer& answer);
    void execute(Call& call, const std::string& key, std::uint64_t fingerprint, Answer& answer);
    Result run(Call& call);
    void render(Answer& answer, const Call& call, const Result& result) const;
    // stripe_faults.cpp
    bool strike_before(const Call& call, Answer& answer);
    Result run_struck(Call& call);
    void strike_answer(const Call& call, Answer& answer) const;
    Intent shown_instead(const Intent& intent, bool is_refund, Action action) const;
    // A scripted refusal of a capture, cancellation or refund.
    static bool is_declined(const Call& call);
    static Result refusal(const Call& call, const Intent& intent);
    // stripe_idempotency.cpp
    void answer_from_store(const Call& call, const StoredAnswer& stored, std::uint64_t fingerprint,
                           Answer& answer) const;
    StoredAnswer* find_stored(const std::string& key);
    void store(const Call& call, const std::string& key, std::uint64_t fingerprint, const Result& result,
               std::int64_t delay_us);
    // One file per call or two.
    std::string new_intent_id();
    Result create(Call& call);
    Result confirm(Call& call);
    Result cancel(Call& call);
    Result update(Call& call);
    Result retrieve(Call& call);
    Result list(Call& call);
    struct Shown {
        const Intent* intent;
        std::int16_t refund;
    };
    std::vector<Shown> find_page(const Parameters& asked, const Intent* at, bool is_backward) const;
    std::vector<Shown> find_refund_page(const std::vector<RefundPlace>& places, const Parameters& asked, std::size_t at,
                                        bool is_backward) const;
    // `page` in the order of the search, with one more than the limit when there are more.
    Result show_page(std::vector<Shown>& page, const Call& call, bool is_backward, std::string_view url) const;
    Result charge(Call& call);
    Result capture(Call& call);
    Result refund(Call& call);
    Result retrieve_refund(Call& call);
    Result update_refund(Call& call);
    Result list_refunds(Call& call);
    // What a call names: by the id in its path or by its parameters. nullptr when it does not exist.
    Intent* named_intent(const Call& call);

    // stripe_pay.cpp
    Result pay(Intent& intent, const Call& call);
    Result require_action(Intent& intent, const Call& call);
    struct Attempt {
        std::optional<std::uint8_t> decline{};
        bool authenticated = false;
        bool off_session = false;
    };
    void add_charge(Intent& intent, const Attempt& attempt) const;
    std::int64_t authorization_life_s(const Charge& charge, bool off_session) const;
    // The intent as a read may show it under the read lag; nullptr while it is not to be seen.
    const Intent* visible(const Intent& intent) const;

    // stripe_time.cpp
    struct Due {
        std::int64_t at_us;
        Intent* intent;
        std::int16_t refund;     // or kNoRefund: the intent itself
        std::int64_t challenge;  // challenge_began_us, where one is to end
        bool operator>(const Due& other) const { return at_us > other.at_us; }
    };
    void watch(Intent& intent);
    void watch_refund(Intent& intent, std::size_t index);
    void pass(const Due& due);
    void end(Intent& intent, std::int64_t at_us);
    void settle_refund(Intent& intent, std::size_t index);

    World& world_;
    // Kept between requests for their memory only.
    Form form_;
    std::string key_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

// What a create must have beyond the form of its parameters.
std::optional<ParameterError> check_create(const Parameters& parameters);
// Refuses the confirmation, or nothing: there is a payment method, and a redirect would find its way back.
std::optional<Result> check_confirmation(const Intent& intent, const Parameters& parameters);
// Cards take only the suffix.
std::optional<ParameterError> check_descriptor(const Parameters& parameters);
// Beyond the form of its parameters, what a capture or refund must be.
std::optional<ParameterError> check_capture(const Parameters& parameters);
std::optional<ParameterError> check_refund(const Parameters& parameters);
void keep_parameters(Intent& intent, const Parameters& parameters);
// False when there would be more keys than Stripe keeps.
bool merge_metadata(Pairs& metadata, const Parameters& parameters);
// Our references of a call on an intent: in its metadata, else in its idempotency key and in the intent.
References references_of(const Parameters& parameters, std::string_view idempotency_key, const Intent& intent);
// Gives back what is held and not captured.
void release(Intent& intent, std::int64_t now_us, std::string_view reason);
// The same, and ends the intent.
void close(Intent& intent, std::int64_t now_us, std::string_view reason);
inline constexpr std::string_view kAutomatic = "automatic";  // why Stripe itself cancels
// False when the name is unknown.
bool take_payment_method(Intent& intent, std::string_view name);
std::optional<CaptureMethod> find_capture_method(std::string_view name);

Result problem(int status, std::string_view code, std::string_view message, std::string_view param = {},
               const Intent* intent = nullptr);
// Another object than the asked one is shown.
bool falsifies(Action action);
Intent falsified(const Intent& intent, Action action);
Result no_such_intent(std::string_view id);
Result no_such_method(std::string_view name);
Result no_such_refund(std::string_view id);
Result too_much_metadata(const Intent& intent);
// Of lists.
std::optional<Result> check_limit(const Parameters& asked);
bool was_created_as_asked(std::int64_t created_us, const Parameters& asked);
void fill_error(Answer& answer, int status, std::string_view type, std::string_view code, std::string_view message);

}  // namespace florin::simulator
