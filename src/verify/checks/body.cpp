// The stored body: of a 200 the payment document, of a refusal a problem that carries it as `payment`; of what came
// after the creation with its `operation`. Amounts and status are those that the results up to it make.
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

const boost::json::value* member_of(const boost::json::value* value, Text name) {
    const auto* object = value ? value->if_object() : nullptr;
    return object ? object->if_contains(name) : nullptr;
}

// A member as text: of a string its characters; none where it is missing or null.
std::optional<std::string> text_of(const boost::json::value* value) {
    if (!value || value->is_null()) return std::nullopt;
    if (const auto* string = value->if_string()) return std::string(*string);
    return serialize(*value);
}

// A payment document and what it must agree with.
struct Document {
    const boost::json::value* document;
    const AfterResult& after;
    const StoredPayment& payment;
    const Uuid& payment_id;

    const StoredAttempt& attempt() const { return *after.attempt; }
    const StoredResult& result() const { return *after.attempt->result; }
    const boost::json::value* member(Text name) const { return member_of(document, name); }
    std::string shown(Text name) const { return text_of(member(name)).value_or("nothing"); }
    bool says(Text name, const MaybeText& text) const {
        const auto* value = member(name);
        if (!value || value->is_null()) return !text;
        return text && value->is_string() && Text(value->get_string()) == *text;
    }
    bool says(Text name, Wide number) const {
        const auto* value = member(name);
        return value && value->is_int64() && value->get_int64() == number;
    }
    bool says_flag(Text name, bool flag) const {
        const auto* value = member(name);
        return value && value->is_bool() && value->get_bool() == flag;
    }
};

bool is_legal(const StoredAttempt& attempt) {
    const auto status = attempt.result->http_status;
    if (attempt.won()) return status == 200;
    if (attempt.result->outcome == "not_executed") return status == 503;
    return status == 422 || (status == 402 && attempt.creates());
}

std::string wrong_amounts(const Document& d) {
    if (!d.says("amount", d.payment.amount) || !d.says("currency", d.payment.currency)) {
        return fmt::format("its body says {} {} and the payment {} {}", d.shown("amount"), d.shown("currency"),
                           d.payment.amount, d.payment.currency);
    }
    if (!d.says("status", d.after.status)) {
        return fmt::format("its body says {}, the results up to it make {}", d.shown("status"), d.after.status);
    }
    if (!d.says("sequence", d.result().version)) {
        return fmt::format("its body has sequence {}, the result version {}", d.shown("sequence"), d.result().version);
    }
    if (d.says("authorized_amount", d.after.authorized) && d.says("captured_amount", d.after.captured) &&
        d.says("refunded_amount", d.after.refunded) && d.says("voided_amount", d.after.released)) {
        return {};
    }
    return fmt::format(
        "its body says authorized {}, captured {}, refunded {}, voided {}; the results up to it make {}, {}, {}, {}",
        d.shown("authorized_amount"), d.shown("captured_amount"), d.shown("refunded_amount"), d.shown("voided_amount"),
        d.after.authorized, d.after.captured, d.after.refunded, d.after.released);
}

bool has_metadata(const Document& d) {
    const auto* metadata = d.member("metadata");
    return metadata && *metadata == boost::json::parse(d.payment.metadata);
}

std::string wrong_terms(const Document& d) {
    const bool creates = d.attempt().creates();
    // What answers a late success may stand beside a payment that has no reference yet, as may what was refused while
    // its creation was not executed.
    const bool may_have_none = d.attempt().refused() && d.after.authorized == 0;
    const auto& reference = creates ? d.result().psp_reference : d.payment.psp_reference;
    const bool has_reference = d.attempt().is_late() || d.says("psp_reference", reference) ||
                               (may_have_none && d.says("psp_reference", std::nullopt));
    if ((creates && !d.says("psp", d.result().psp)) || !has_reference) {
        return fmt::format("its body says {} {} and the {} {} {}", d.shown("psp"), d.shown("psp_reference"),
                           creates ? "result" : "payment", d.result().psp, reference.value_or("none"));
    }
    if (!d.says_flag("live", d.payment.live) || !d.says_flag("capture", d.payment.capture) ||
        !d.says("payment_method", d.payment.payment_method) || !d.says("description", d.payment.description) ||
        !d.says("return_url", d.payment.return_url) || !has_metadata(d)) {
        return "its live, capture, payment_method, description, return_url or metadata is not that of the payment";
    }
    return {};
}

// What is said of a capture, void or refund itself.
std::string wrong_operation(const Document& d) {
    if (d.attempt().creates()) return {};
    const auto* operation = d.member("operation");
    const Text ended = d.attempt().won() ? "succeeded" : d.attempt().refused() ? "refused" : d.result().outcome;
    if (text_of(member_of(operation, "operation_id")) == "op_" + to_string(d.attempt().operation_id) &&
        text_of(member_of(operation, "type")) == d.attempt().kind && text_of(member_of(operation, "status")) == ended) {
        return {};
    }
    return fmt::format("its body says {} of a {} that ended as {}", d.shown("operation"), d.attempt().kind,
                       d.result().outcome);
}

std::string detail_of(const Evidence& evidence, const AfterResult& after) {
    const StoredResult& result = *after.attempt->result;
    if (!is_legal(*after.attempt))
        return fmt::format("it ended as {} with HTTP status {}", result.outcome, result.http_status);
    unsigned char memory[8192];
    boost::json::monotonic_resource arena(memory);
    boost::system::error_code failed;
    const auto body = boost::json::parse(result.body, failed, &arena);
    if (failed) return "its body is no JSON";
    const bool is_document = result.http_status == 200;
    if (const auto status = text_of(member_of(&body, "status"));
        !is_document && status != std::to_string(result.http_status)) {
        return fmt::format("its body says status {}, the result says {}", status.value_or("nothing"),
                           result.http_status);
    }
    const Document d{is_document ? &body : member_of(&body, "payment"), after, *evidence.payment, evidence.payment_id};
    if (!d.says("payment_id", subject_of(evidence.payment_id))) {
        return fmt::format("its body is of {}", text_of(d.member("payment_id")).value_or("no payment"));
    }
    std::string detail = wrong_amounts(d);
    if (detail.empty()) detail = wrong_terms(d);
    if (detail.empty()) detail = wrong_operation(d);
    return detail;
}

}  // namespace

void check_body(const Evidence& evidence, Findings& findings) {
    if (!evidence.payment) return;
    for (const AfterResult& after : evidence.history) {
        std::string detail = detail_of(evidence, after);
        if (detail.empty()) continue;
        findings.add(subject_of(evidence.payment_id, after.attempt->operation_id, after.attempt->number),
                     std::move(detail));
    }
}

}  // namespace florin::verify
