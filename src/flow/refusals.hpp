// The refusals of a use case, each with the sentence that says what to do.
#pragma once

#include "base/error.hpp"
#include "payments/payment.hpp"

namespace florin::flow {

// Another request stands under the key; `pointer` names the first field that differs.
Refusal key_reused(std::string pointer);
// The key is claimed, but no payment id is known yet.
Refusal still_beginning();
// Other operations changed the payment all the time; nothing was claimed.
Refusal still_moving();
// Nothing was claimed.
Refusal overloaded();
Refusal shutting_down();
Refusal no_psp_account(bool live);
Refusal lost_psp_account(const payments::Payment& payment);
// The database did not say whether the intent, or a result, is stored.
Refusal commit_unknown();

}  // namespace florin::flow
