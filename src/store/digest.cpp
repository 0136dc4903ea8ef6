#include "store/digest.hpp"

#include <fmt/compile.h>

#include <concepts>
#include <iterator>
#include <optional>

#include "payments/status.hpp"
#include "store/account_id.hpp"
#include "store/statements.hpp"

namespace florin::store {
namespace {

class Canonical {
public:
    explicit Canonical(std::string_view form) {
        bytes_.reserve(kUsual);
        text(form);
    }
    Canonical& text(std::string_view value) {
        fmt::format_to(std::back_inserter(bytes_), FMT_COMPILE("{}:"), value.size());
        bytes_ += value;
        bytes_ += '\n';
        return *this;
    }
    Canonical& text(const std::optional<std::string>& value) {
        if (value) return text(std::string_view(*value));
        bytes_ += "-\n";
        return *this;
    }
    Canonical& text(const std::string& value) { return text(std::string_view(value)); }
    Canonical& id(const Uuid& value) { return text(to_string(value)); }
    Canonical& number(std::integral auto value) {
        const fmt::format_int digits(value);
        return text(std::string_view(digits.data(), digits.size()));
    }
    Canonical& time(WallTime value) { return number(value.time_since_epoch().count()); }
    Canonical& boolean(bool value) { return text(std::string_view(value ? "true" : "false")); }
    Digest digest() const { return sha256(bytes_); }

private:
    static constexpr std::size_t kUsual = 2048;  // of a sale's document and its journal

    std::string bytes_;
};

// What was asked, which for a sale stands on its payment.
void describe(Canonical& bytes, const payments::Attempt& attempt) {
    const payments::Parameters& asked = attempt.parameters;
    bytes.text(payments::to_string(attempt.kind)).number(attempt.amount.minor_units());
    bytes.text(attempt.amount.currency().code());
    bytes.boolean(asked.multiple_captures).boolean(asked.final).number(asked.releases).text(asked.reason);
    bytes.text(asked.reverses ? std::optional(to_string(*asked.reverses)) : std::nullopt);
    if (asked.late) bytes.text(payments::attempt_name(*asked.late)).text(asked.late->reference);
}

std::string_view form_of(const payments::Attempt& attempt) {
    if (attempt.parameters.late) return "florin-result-3";
    return attempt.kind == payments::OperationKind::sale ? "florin-result-1" : "florin-result-2";
}

}  // namespace

Digest result_digest(const Settlement& s) {
    const payments::Payment& payment = s.step.payment;
    const bool is_sale = s.attempt.kind == payments::OperationKind::sale;
    Canonical bytes(form_of(s.attempt));
    bytes.id(payment.id.uuid()).id(s.attempt.operation.uuid()).number(s.attempt.number);
    bytes.text(payments::to_string(s.outcome)).text(s.reason).number(s.step.http_status);
    bytes.text(s.attempt.psp).text(reference_of(s)).number(payment.version);
    bytes.text(s.step.body).time(s.now);
    const auto change = change_of(s);
    bytes.text(change);
    bytes.text(change ? std::optional(s.actor) : std::nullopt).text(change ? std::optional(s.evidence) : std::nullopt);
    bytes.text(change ? std::optional(to_string(s.attempt.request.uuid())) : std::nullopt);
    if (!is_sale) describe(bytes, s.attempt);
    for (const ledger::Journal& journal : s.journals) {
        int line = 0;
        for (const ledger::Line& entry : journal.lines) {
            bytes.number(static_cast<std::int16_t>(journal.kind)).number(++line).id(account_id(entry.account));
            bytes.number(entry.amount).text(entry.account.currency.code());
        }
    }
    return bytes.digest();
}

Digest change_digest(const Change& change) {
    Canonical bytes("florin-change-2");
    bytes.id(change.payment.uuid()).id(change.operation.uuid()).number(change.attempt).number(change.version);
    bytes.text(change.change).text(change.actor).text(change.details).id(change.request.uuid()).time(change.at);
    bytes.text(change.document);
    return bytes.digest();
}

}  // namespace florin::store
