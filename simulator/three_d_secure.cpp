// The issuer's page of a 3-D Secure challenge: two buttons, then back to the merchant's return_url.
#include "simulator/control.hpp"

namespace florin::simulator {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";

void fill_page(Answer& answer, int status, std::string_view text) {
    answer.status = status;
    answer.content_type = kHtml;
    answer.body.assign(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>3-D Secure</title></head>"
        "<body style=\"font-family:sans-serif;max-width:30em;margin:3em auto\"><h1>Your bank</h1>\n");
    answer.body.append(text).append("\n</body></html>\n");
}

void show_challenge(const Intent& intent, Answer& answer) {
    if (intent.status != Status::requires_action) {
        return fill_page(answer, 200, "<p>There is nothing to confirm any more.</p>");
    }
    const auto form = [&](std::string_view decision, std::string_view label) {
        return "<form method=\"post\" action=\"/_simulator/3ds/" + intent.id + "/" + std::string(decision) +
               "\"><button>" + std::string(label) + "</button></form>\n";
    };
    fill_page(answer, 200,
              "<p>Confirm the payment of " + std::to_string(intent.amount) + " minor units of " + intent.currency +
                  "?</p>\n" + form("approve", "Approve") + form("deny", "Deny"));
}

// Stripe adds three parameters to return_url; `redirect_status` is a hint, the intent has the truth.
std::string return_address(const Intent& intent) {
    const bool is_paid = intent.status == Status::succeeded || intent.status == Status::requires_capture;
    std::string url = intent.return_url;
    url.push_back(url.find('?') == std::string::npos ? '?' : '&');
    return url.append("payment_intent=")
        .append(intent.id)
        .append("&payment_intent_client_secret=")
        .append(intent.id)
        .append("_secret_")
        .append(intent.id, 3)
        .append("&redirect_status=")
        .append(is_paid ? "succeeded" : "failed");
}

}  // namespace

void handle_challenge(World& world, Stripe& stripe, std::string_view path, const Request& request, Answer& answer) {
    const auto slash = path.find('/');
    Intent* intent = world.truth.find(path.substr(0, slash));
    const auto decision = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (intent == nullptr || intent->challenge_began_us == 0) return fill_page(answer, 404, "<p>Unknown payment.</p>");
    if (decision.empty() && request.method == "GET") return show_challenge(*intent, answer);
    if (request.method != "POST" || (decision != "approve" && decision != "deny")) {
        return fill_page(answer, 404, "<p>Approve or deny, with POST.</p>");
    }
    // A second decision changes nothing, but still leads the payer back.
    stripe.decide_challenge(*intent, decision == "approve");
    fill_page(answer, 200, "<p>Thank you. You can close this page.</p>");
    if (intent->return_url.empty()) return;
    answer.status = 303;
    answer.add_header("Location", return_address(*intent));
}

}  // namespace florin::simulator
