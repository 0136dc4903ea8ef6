#include "payments/document.hpp"

#include "base/assert.hpp"
#include "payments/json_members.hpp"

namespace florin::payments {
namespace {

void append_metadata(std::string& out, const Metadata& metadata) {
    char before = '{';
    for (const auto& [key, value] : metadata) {
        out += before;
        json::append_string(out, key);
        out += ':';
        json::append_string(out, value);
        before = ',';
    }
    out += metadata.empty() ? "{}" : "}";
}

void append_next_action(std::string& out, const std::optional<NextAction>& action) {
    if (!action) {
        out += "null";
        return;
    }
    out += R"({"type":"redirect","url":)";
    json::append_string(out, action->url);
    out += '}';
}

std::optional<std::string> time_text(const std::optional<WallTime>& time) {
    return time ? std::optional(format_time(*time)) : std::nullopt;
}

// Every member of the payment; the object is left open.
void append_payment(Members& members, const Payment& payment) {
    members.text("payment_id", to_string(payment.id));
    members.text("status", to_string(payment.status));
    members.number("amount", payment.amount.minor_units());
    members.text("currency", payment.amount.currency().code());
    members.number("authorized_amount", payment.amounts.authorized);
    members.number("captured_amount", payment.amounts.captured);
    members.number("refunded_amount", payment.amounts.refunded);
    members.number("voided_amount", payment.amounts.voided + payment.amounts.expired);
    members.text("payment_method", payment.payment_method);
    members.boolean("capture", payment.capture);
    members.boolean("multiple_captures", payment.multiple_captures);
    members.text_or_null("description", payment.description);
    append_metadata(members.next("metadata"), payment.metadata);
    members.text_or_null("return_url", payment.return_url);
    members.text("psp", payment.psp);
    members.text_or_null("psp_reference", payment.psp_reference);
    members.text_or_null("failure_code", payment.failure_code);
    members.text_or_null("failure_reason", payment.failure_reason);
    append_next_action(members.next("next_action"), payment.next_action);
    members.text_or_null("capture_before", time_text(payment.capture_before));
    members.number("sequence", payment.version);
    members.boolean("live", payment.live);
    members.text("created_at", format_time(payment.created_at));
    members.text("updated_at", format_time(payment.updated_at));
}

std::string_view status_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::approved:
            return "succeeded";
        case Outcome::declined:
            return "declined";
        case Outcome::not_executed:
            return "not_executed";
        case Outcome::action_required:
        case Outcome::accepted:
        case Outcome::unknown:
            return "pending";
    }
    assertion_failed("an Outcome outside its enumeration", __FILE__, __LINE__);
}

}  // namespace

OperationView view_of(const std::optional<Judgement>& judgement) {
    OperationView view;
    if (judgement) view.status = status_of(judgement->outcome);
    if (judgement && judgement->outcome == Outcome::declined && judgement->decline) {
        view.failure_code = judgement->decline->code;
        view.failure_reason = judgement->decline->reason;
    }
    return view;
}

std::string operation_document(const Attempt& attempt, const OperationView& view) {
    std::string out;
    out.reserve(512);
    Members members(out);
    members.text("operation_id", to_string(attempt.operation));
    members.text("type", to_string(attempt.kind));
    members.text("status", view.status);
    members.number("amount", attempt.amount.minor_units());
    members.text("currency", attempt.amount.currency().code());
    members.text("created_at", format_time(time_of(attempt.operation.uuid())));
    if (attempt.kind == OperationKind::capture) {
        members.boolean("final", attempt.parameters.final);
        members.number("released_amount", attempt.parameters.releases);
    } else if (attempt.kind == OperationKind::refund) {
        members.text("refund_id", to_string(RefundId(attempt.operation.uuid())));
        members.text_or_null("reason", attempt.parameters.reason);
    }
    if (view.failure_code) {
        members.text("failure_code", *view.failure_code);
        members.text_or_null("failure_reason", view.failure_reason);
    }
    members.close();
    return out;
}

std::string document(const Payment& payment) {
    std::string out;
    out.reserve(1024);
    Members members(out);
    append_payment(members, payment);
    members.close();
    return out;
}

std::string document(const Payment& payment, const Attempt& attempt, const OperationView& view) {
    std::string out;
    out.reserve(1536);
    Members members(out);
    append_payment(members, payment);
    members.raw("operation", operation_document(attempt, view));
    members.close();
    return out;
}

std::string document(const Payment& payment, const Attempt& attempt, const std::optional<Judgement>& judgement) {
    return document(payment, attempt, view_of(judgement));
}

std::string problem(int http_status, const Refusal& refusal, RequestId request, std::string_view payment_document) {
    const std::string_view code = to_string(refusal.error);
    std::string out;
    out.reserve(512 + payment_document.size());
    Members members(out);
    members.text("type", std::string("/errors/").append(code));
    members.text("title", title_of(refusal.error));
    members.number("status", http_status);
    members.text("code", code);
    members.text("detail", refusal.detail);
    if (!refusal.pointer.empty()) members.text("pointer", refusal.pointer);
    members.text("request_id", to_string(request));
    if (!payment_document.empty()) members.raw("payment", payment_document);
    members.close();
    return out;
}

}  // namespace florin::payments
