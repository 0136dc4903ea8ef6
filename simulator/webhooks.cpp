#include "simulator/webhooks.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

#include "simulator/stripe.hpp"

namespace florin::simulator {
namespace {

constexpr std::int64_t kLongestPauseMs = 3'600'000;
constexpr std::int64_t kLongestNapUs = 50'000;
constexpr std::int64_t kOldMs = 600'000;  // twice what receivers allow

bool has_room_for_id(std::string_view body, std::string_view id) {
    return body.starts_with(R"({"id":")") && body.substr(7).starts_with(id);
}

// One digit or letter in the middle becomes another.
void tamper(std::string& body) {
    const auto at = body.find_first_of("0123456789", body.size() / 2);
    if (at != std::string::npos) {
        body[at] = body[at] == '9' ? '8' : static_cast<char>(body[at] + 1);
    } else if (!body.empty()) {
        body.back() = body.back() == ' ' ? '\t' : ' ';
    }
}

}  // namespace

Webhooks::Webhooks(World& world, Server& server, std::uint64_t seed)
    : world_(world), server_(server), pool_(server), random_(seed ^ 0x77656268'6f6f6b73ULL) {}

bool Webhooks::is_on() const {
    return !world_.settings.webhooks.url.empty();
}

void Webhooks::begin(Cause cause) {
    cause_ = std::move(cause);
    noted_before_ = noted_.size();
}

std::string Webhooks::new_id() {
    std::string id = "evt_3";
    random_.append_token(id, 23);
    return id;
}

void Webhooks::note(const Told& before, const Intent& after) {
    for (const Happening& what : happenings(before, after)) {
        const EventFacts facts{what, before, after, cause_, world_.now_us() / 1'000'000};
        noted_.push_back(std::make_shared<Event>(make_event(new_id(), facts)));
    }
}

void Webhooks::hold_back(Answer& answer) {
    const auto own = noted_.size() - noted_before_;
    if (own == 0 || !world_.settings.webhooks.before_answer) return;
    auto gate = std::make_shared<Gate>();
    gate->open = static_cast<int>(own);
    for (auto i = noted_before_; i < noted_.size(); ++i) noted_[i]->gate = gate;
    answer.after = [gate](std::function<void()> release) {
        if (gate->open == 0) return release();
        gate->release = std::move(release);
    };
}

void Webhooks::flushed() {
    if (noted_.empty()) return;
    const auto events = std::exchange(noted_, {});
    noted_before_ = 0;
    for (const auto& event : events) plan(event);
    pump();
}

void Webhooks::keep(const SharedEvent& event) {
    kept_.push_back(event);
    by_id_[event->id] = event;
    if (kept_.size() <= kMostKept) return;
    const auto& oldest = kept_.front();
    if (const auto found = by_id_.find(oldest->id); found != by_id_.end() && found->second == oldest)
        by_id_.erase(found);
    kept_.pop_front();
}

// What becomes of a new event: lost, late, several times.
void Webhooks::plan(const SharedEvent& event) {
    keep(event);
    const auto now = world_.now_us();
    auto due = now + world_.settings.webhooks.delay_ms * 1'000;
    std::vector<SharedEvent> deliveries{event};
    for (const Fault* fault :
         world_.faults.strike_event(*event, Action::drop, Action::duplicate_new_id, monotonic_us())) {
        due += apply(*fault, event, deliveries);
    }
    if (event->state == Event::State::dropped) deliveries.clear();
    const bool is_immediate = !deliveries.empty() && due <= now && !world_.settings.webhooks.hold;
    const auto gate = is_immediate ? nullptr : std::exchange(event->gate, nullptr);
    for (const auto& each : deliveries) enqueue(each, due);
    if (gate) gate->pass();
}

// Returns by how much the event is late.
std::int64_t Webhooks::apply(const Fault& fault, const SharedEvent& event, std::vector<SharedEvent>& copies) {
    if (fault.action == Action::delay) return fault.delay_ms * 1'000;
    if (fault.action == Action::drop) event->state = Event::State::dropped;
    for (std::int64_t i = 0; i < fault.copies; ++i) {
        if (fault.action == Action::duplicate) copies.push_back(event);
        if (fault.action != Action::duplicate_new_id || !has_room_for_id(event->body, event->id)) continue;
        auto copy = std::make_shared<Event>(*event);
        copy->gate = nullptr;
        copy->id = new_id();
        copy->body.replace(7, event->id.size(), copy->id);
        keep(copy);
        copies.push_back(copy);
    }
    return 0;
}

void Webhooks::enqueue(const SharedEvent& event, std::int64_t due_us) {
    const auto& settings = world_.settings.webhooks;
    if (waiting() >= kMostWaiting) {
        event->state = Event::State::dropped;
        ++lost_;
        if (const auto gate = std::exchange(event->gate, nullptr)) gate->pass();
    } else if (settings.hold) {
        held_.push_back(event);
    } else if (settings.order != EventOrder::as_happened && due_us <= world_.now_us()) {
        if (gathered_.empty()) gathered_since_us_ = monotonic_us();
        gathered_.push_back(event);
    } else {
        push(event, due_us);
    }
}

void Webhooks::push(const SharedEvent& event, std::int64_t due_us, int tries) {
    due_.push({event, due_us, next_sequence_++, tries});
}

void Webhooks::shuffle(std::vector<SharedEvent>& events) {
    for (auto i = events.size(); i > 1; --i) std::swap(events[i - 1], events[random_.next() % i]);
}

void Webhooks::send_gathered() {
    const auto& settings = world_.settings.webhooks;
    if (gathered_.empty() || monotonic_us() - gathered_since_us_ < settings.gather_ms * 1'000) return;
    auto events = std::exchange(gathered_, {});
    if (settings.order == EventOrder::reversed) std::ranges::reverse(events);
    if (settings.order == EventOrder::shuffled) shuffle(events);
    const auto now = world_.now_us();
    for (const auto& event : events) push(event, now);
}

void Webhooks::pump() {
    if (!is_on()) return;
    const auto now = world_.now_us();
    const auto most = static_cast<std::size_t>(world_.settings.webhooks.connections);
    while (!due_.empty() && due_.top().due_us <= now && pool_.busy() < most) {
        auto delivery = due_.top();
        due_.pop();
        send(std::move(delivery));
    }
    arm();
}

void Webhooks::send(Delivery delivery) {
    const auto& settings = world_.settings.webhooks;
    Event& event = *delivery.event;
    ++event.tries;
    ++delivery.tries;
    pool_.send({.to = *read_address(settings.url),
                .bytes = request_of(event),
                .timeout_us = settings.timeout_ms * 1'000,
                .done = [this, delivery = std::move(delivery)](int status) { finished(delivery, status); }});
}

// Signed now; what faults do to a single try is done here.
std::string Webhooks::request_of(const Event& event) {
    const auto& settings = world_.settings.webhooks;
    auto secrets = settings.secrets;
    auto t = static_cast<std::int64_t>(world_.real_us() / 1'000'000);
    std::string body = event.body;
    bool is_signed = true;
    bool is_tampered = false;
    for (const Fault* fault : world_.faults.strike_event(event, Action::tamper, Action::truncate, monotonic_us())) {
        if (fault->action == Action::wrong_secret) secrets = {"whsec_of_somebody_else"};
        if (fault->action == Action::old_timestamp) t -= (fault->delay_ms > 0 ? fault->delay_ms : kOldMs) / 1'000;
        if (fault->action == Action::no_signature) is_signed = false;
        if (fault->action == Action::tamper) is_tampered = true;
        if (fault->action == Action::truncate) body.resize(body.size() / 2);
    }
    const auto signature = sign(event.body, t, secrets);
    if (is_tampered) tamper(body);
    const auto to = *read_address(settings.url);
    std::string out = "POST " + to.path + " HTTP/1.1\r\nHost: " + to.host + ":" + std::to_string(to.port);
    out.append(
        "\r\nUser-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\nAccept: */*; q=0.5, application/xml\r\n"
        "Content-Type: application/json; charset=utf-8\r\nCache-Control: no-cache\r\n");
    if (is_signed) out.append("Stripe-Signature: ").append(signature).append("\r\n");
    out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    return out;
}

void Webhooks::finished(const Delivery& delivery, int status) {
    Event& event = *delivery.event;
    event.last_status = status;
    if (const auto gate = std::exchange(event.gate, nullptr)) gate->pass();
    if (status >= 200 && status < 300) {
        event.state = Event::State::delivered;
    } else {
        const auto doublings = std::min(delivery.tries - 1, 20);
        const auto pause_ms = std::min(world_.settings.webhooks.retry_ms << doublings, kLongestPauseMs);
        push(delivery.event, world_.now_us() + pause_ms * 1'000, delivery.tries);
    }
    pump();
}

// Looks again when the next delivery is due, and soon anyway: the simulator's clock may jump.
void Webhooks::arm() {
    if (armed_) return;
    armed_ = true;
    const auto until_us = due_.empty() ? kLongestNapUs : due_.top().due_us - world_.now_us();
    server_.timers().at(monotonic_us() + std::clamp<std::int64_t>(until_us, 1'000, kLongestNapUs), [this] {
        armed_ = false;
        begin({});
        if (pass_time) pass_time();
        send_gathered();
        pump();
    });
}

}  // namespace florin::simulator
