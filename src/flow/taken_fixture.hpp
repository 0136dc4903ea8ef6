// An open operation as taken, for tests: everything plain, so that a test names only what it is about.
#pragma once

#include "store/reads.hpp"

namespace florin::flow {

inline store::Taken some_taken() {
    const Money amount{1000, kEur};
    const payments::Payment payment{.id = {},
                                    .merchant = {},
                                    .amount = amount,
                                    .amounts = {},
                                    .payment_method = {},
                                    .description = {},
                                    .metadata = {},
                                    .return_url = {},
                                    .psp = {},
                                    .psp_reference = {},
                                    .failure_code = {},
                                    .failure_reason = {},
                                    .next_action = {},
                                    .capture_before = {},
                                    .created_at = {},
                                    .updated_at = {}};
    const payments::Attempt attempt{
        .operation = {}, .payment = {}, .amount = amount, .psp = {}, .psp_account = {}, .actor = {}, .request = {}};
    return {.attempt = attempt,
            .payment = payment,
            .generation = 2,
            .tries = 1,
            .may_send = false,
            .absence_proves = false,
            .fenced_at = {},
            .recorded_at = {},
            .send_until = {},
            .age = Milliseconds{1'000},
            .psp_reference = {},
            .parked = false};
}

}  // namespace florin::flow
