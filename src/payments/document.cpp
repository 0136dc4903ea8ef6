#include "payments/document.hpp"

#include <array>
#include <charconv>

#include "base/json.hpp"

namespace florin::payments {
namespace {

// Appends members to an object; the caller's order is the order of the bytes.
class Members {
public:
    explicit Members(std::string& out) : out_(out) {}

    void text(std::string_view name, std::string_view value) { json::append_string(next(name), value); }
    void text_or_null(std::string_view name, const std::optional<std::string>& value) {
        if (value)
            text(name, *value);
        else
            raw(name, "null");
    }
    void number(std::string_view name, std::int64_t value) {
        std::array<char, 20> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        next(name).append(digits.data(), end);
    }
    void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
    void raw(std::string_view name, std::string_view json) { next(name) += json; }
    std::string& next(std::string_view name) {
        out_ += before_;
        before_ = ',';
        out_ += '"';
        out_ += name;  // ours: nothing to escape
        out_ += "\":";
        return out_;
    }
    void close() { out_ += '}'; }

private:
    std::string& out_;
    char before_ = '{';
};

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

}  // namespace

std::string document(const Payment& payment) {
    std::string out;
    out.reserve(1024);
    Members members(out);
    members.text("payment_id", to_string(payment.id));
    members.text("status", to_string(payment.status));
    members.number("amount", payment.amount.minor_units());
    members.text("currency", payment.amount.currency().code());
    members.number("authorized_amount", payment.amounts.authorized);
    members.number("captured_amount", payment.amounts.captured);
    members.number("refunded_amount", payment.amounts.refunded);
    members.number("voided_amount", payment.amounts.voided);
    members.text("payment_method", payment.payment_method);
    members.boolean("capture", payment.capture);
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
    members.close();
    return out;
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
