// What a judgement makes of a payment, version and time aside: one function per family of operations. Internal to
// apply() and decide().
#pragma once

#include "payments/operation.hpp"

namespace florin::payments {

bool can_settle_creation(const Payment& payment);
Payment settle_creation(const Payment& payment, const Attempt& attempt, const Judgement& judgement);

// The amounts with the attempt's reservation taken; once more with `times` = -1 to release it.
Amounts with_reservation(Amounts amounts, OperationKind kind, std::int64_t amount, std::int64_t releases,
                         std::int64_t times = 1);
// Of a capture, void, refund or expiry, and of what is only recorded.
Amounts settle_amounts(const Amounts& amounts, const Attempt& attempt, Outcome outcome);

// Status and body of the answer to an attempt that ended.
void answer(Step& step, const Attempt& attempt, const Judgement& judgement);

}  // namespace florin::payments
