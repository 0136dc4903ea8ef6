// What a superuser may alter of the events in the world of world.sql.
#pragma once

#include "verify/alterations.hpp"

namespace florin::verify {

// Payment 1: the payer must act, then the sale is approved. Payment 3: declined.
inline constexpr auto kEventAlterations = std::to_array<Alteration>({
    {"update payments set events = events + 1 where id = world.id(1)", "event", "00010000",
     "it counts 3 events, its links name 2"},
    {"update payments set events = 0 where id = world.id(3)", "event", "00030000",
     "it counts 0 events, its links name 1"},
    {"update chain_links set events[array_position(operation_ids, world.id(3, 1))] = 2 where world.id(3, 1) = any "
     "(operation_ids)",
     "event", "00030000 event 2", "in the order of versions it is number 1"},
    {"update chain_links set events[array_position(operation_ids, world.id(3, 1))] = 0 where world.id(3, 1) = any "
     "(operation_ids)",
     "event", "00030000 event 1", "no link names it"},
    {"delete from events where payment_id = world.id(1) and sequence = 2", "event", "00010000 event 2",
     "the relay has passed its link, and it is not in events"},
    {"update relay_cursors set link = 0", "event", "00010000 event 1", "the relay has not passed its link"},
    {"insert into events select merchant_id, live, world.id(1, 9000), type, payment_id, sequence, operation_id, "
     "attempt, version, created_at from events where payment_id = world.id(1) and sequence = 1",
     "event", "00010000 event 1", "it is in events again"},
    {"insert into events select merchant_id, live, world.id(1, 9000), type, payment_id, 3, operation_id, attempt, "
     "version, created_at from events where payment_id = world.id(1) and sequence = 1",
     "event", "00010000 event 3", "no link names it"},
    {"update events set operation_id = world.id(2, 1) where payment_id = world.id(3)", "event", "00030000 event 1",
     "00030001-1 version 2"},
    {"update events set version = 9 where payment_id = world.id(3)", "event", "00030000 event 1", "version 9, in its"},
    {"delete from interim_documents where payment_id = world.id(1)", "event", "00010001-1 version 2",
     "without a document"},
    {"delete from interim_documents where payment_id = world.id(1)", "chain", "writer 1 link 1", "00010001 sequence 2"},
    {"update interim_documents set body = replace(body, 'requires_action', 'pending') where payment_id = world.id(1)",
     "chain", "writer 1 link 1", "00010001 sequence 2"},
});

}  // namespace florin::verify
