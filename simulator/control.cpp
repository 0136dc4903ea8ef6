#include "simulator/control.hpp"

#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/json.hpp"
#include "simulator/truth_queries.hpp"

namespace florin::simulator {
namespace {

namespace boost_json = boost::json;

constexpr std::string_view kRoot = "/_simulator/";
constexpr std::string_view kFaults = "faults/";
constexpr std::string_view kEvents = "events";
constexpr std::size_t kLongestPage = 10'000;

void fill(Answer& answer, int status, const boost_json::value& value) {
    answer.status = status;
    answer.body = boost_json::serialize(value);
    answer.body.push_back('\n');
}

void refuse(Answer& answer, int status, std::string_view detail, std::string_view pointer = {}) {
    fill(answer, status, boost_json::object{{"error", detail}, {"pointer", pointer}});
}

bool read_number(std::string_view text, std::size_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

// Query of GET truth. False when a parameter is unknown or no number.
bool read_page(const Form& form, std::size_t& after, std::size_t& limit) {
    for (const Field& field : form.fields()) {
        std::size_t* number = field.key == "after" ? &after : field.key == "limit" ? &limit : nullptr;
        if (number == nullptr || !read_number(field.value, *number)) return false;
    }
    limit = std::min(limit, kLongestPage);
    return true;
}

void query_truth(const Truth& truth, const Request& request, Answer& answer) {
    Form form;
    std::size_t after = 0;
    std::size_t limit = 1'000;
    const bool is_decoded = form.decode(request.query, {});
    if (is_decoded && form.fields().size() == 1 && form.fields()[0].key == "reference") {
        return fill(answer, 200, show_truth(truth, form.fields()[0].value));
    }
    if (!is_decoded || !read_page(form, after, limit)) {
        return refuse(answer, 400, "Ask for ?reference=<payment, operation or PSP id>, or for ?after=<n>&limit=<n>.");
    }
    fill(answer, 200, page_truth(truth, after, limit));
}

}  // namespace

void Control::handle(const Request& request, Answer& answer) {
    webhooks_.begin({});
    stripe_.pass_time();
    std::string_view path = request.path;
    path.remove_prefix(std::min(path.size(), kRoot.size()));
    if (path.starts_with("3ds/")) return handle_challenge(world_, stripe_, path.substr(4), request, answer);
    if (path.starts_with(kEvents) && handle_events(path.substr(kEvents.size()), request, answer)) return;
    const bool is_known =
        request.method == "GET" ? handle_read(path, request, answer) : handle_write(path, request, answer);
    if (!is_known) refuse(answer, 404, "There is no such control; simulator/control.hpp lists them.");
}

bool Control::handle_read(std::string_view path, const Request& request, Answer& answer) {
    const Truth& truth = world_.truth;
    if (path == "health") {
        show_health(answer);
    } else if (path == "truth") {
        query_truth(truth, request, answer);
    } else if (path == "truth/summary") {
        fill(answer, 200, summarize_truth(truth));
    } else if (path == "truth/duplicates") {
        fill(answer, 200, find_duplicates(truth));
    } else if (path == "faults") {
        fill(answer, 200, boost_json::object{{"data", world_.faults.list()}});
    } else if (path == "settings") {
        fill(answer, 200, to_json(world_.settings));
    } else {
        return false;
    }
    return true;
}

void Control::show_health(Answer& answer) const {
    const Truth& truth = world_.truth;
    fill(answer, 200,
         boost_json::object{{"status", "ok"}, {"seed", seed_}, {"payment_intents", truth.intents().size()}});
}

bool Control::handle_write(std::string_view path, const Request& request, Answer& answer) {
    if (request.method == "DELETE") {
        std::size_t id = 0;
        if (path == "faults") {
            world_.faults.clear();
        } else if (!path.starts_with(kFaults) || !read_number(path.substr(kFaults.size()), id) ||
                   !world_.faults.remove(static_cast<std::int64_t>(id))) {
            return false;
        }
        fill(answer, 200, boost_json::object{{"deleted", true}});
        return true;
    }
    if (request.method != "POST" || (path != "faults" && path != "settings" && path != "clock")) return false;
    json::Limits limits;
    limits.floats = true;  // a fault's probability
    const auto value = json::parse(request.body, limits);
    if (!value || !value->is_object()) {
        refuse(answer, 400, value ? "A JSON object is needed." : value.error().detail);
    } else if (path == "faults") {
        add_fault(value->get_object(), answer);
    } else if (path == "settings") {
        change_settings(value->get_object(), answer);
    } else {
        advance_clock(value->get_object(), answer);
    }
    return true;
}

void Control::add_fault(const boost_json::object& wanted, Answer& answer) {
    const auto fault = world_.faults.add(wanted, monotonic_us());
    if (!fault) return refuse(answer, 400, fault.error().detail, fault.error().pointer);
    if (fault->is_connect()) refuse_connections(fault->seconds * 1'000'000);
    fill(answer, 200, boost_json::object{{"id", fault->id}});
}

void Control::change_settings(const boost_json::object& wanted, Answer& answer) {
    if (const auto wrong = change(world_.settings, wanted)) return refuse(answer, 400, wrong->detail, wrong->pointer);
    webhooks_.settings_changed();
    fill(answer, 200, to_json(world_.settings));
}

// `path` is what follows events.
bool Control::handle_events(std::string_view path, const Request& request, Answer& answer) {
    const auto show = [&](const Checked<boost_json::object>& shown) {
        if (shown) return fill(answer, 200, *shown);
        refuse(answer, 400, shown.error().detail, shown.error().pointer);
    };
    constexpr std::string_view kResend = "/resend";
    if (request.method == "GET" && path.empty()) {
        Form form;
        if (!form.decode(request.query, {})) return false;
        show(webhooks_.list(form));
    } else if (request.method != "POST") {
        return false;
    } else if (path == "/inject") {
        show(webhooks_.inject(std::string(request.body)));
    } else if (path == "/release") {
        const auto wanted = json::parse(request.body.empty() ? "{}" : request.body);
        if (!wanted || !wanted->is_object()) return false;
        show(webhooks_.release(wanted->get_object()));
    } else if (path.size() > kResend.size() + 1 && path.ends_with(kResend)) {
        const auto id = path.substr(1, path.size() - 1 - kResend.size());
        if (!webhooks_.resend(id)) return false;
        show(boost_json::object{{"id", id}});
    } else {
        return false;
    }
    return true;
}

void Control::advance_clock(const boost_json::object& wanted, Answer& answer) {
    const auto* advance = wanted.size() == 1 ? wanted.if_contains("advance_ms") : nullptr;
    if (advance == nullptr || !advance->is_int64() || advance->get_int64() < 0) {
        return refuse(answer, 400, "The clock goes forward only: {\"advance_ms\": N}.", "/advance_ms");
    }
    world_.truth.begin();
    world_.truth.set_clock_offset(world_.truth.clock_offset_us() + advance->get_int64() * 1'000);
    world_.truth.commit();
    stripe_.pass_time();
    fill(answer, 200, boost_json::object{{"now_ms", world_.now_us() / 1'000}});
}

}  // namespace florin::simulator
