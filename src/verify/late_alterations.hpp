// What a superuser may alter of late successes and their answers (docs/late-truth.md) in the world of world.sql.
#pragma once

#include "verify/alterations.hpp"

namespace florin::verify {

inline constexpr auto kLateAlterations = std::to_array<Alteration>({
    {"delete from operations where operation_id = world.id(17, 2)", "late", "00170001-1", "does not exist"},
    {"update operations set kind = 'refund' where operation_id = world.id(17, 2)", "late", "00170001-1",
     "answered by a refund"},
    {"update operations set parameters = parameters || '{\"late\":\"op_1\"}' where operation_id = world.id(17, 2)",
     "late", "00170001-1", "names op_1"},
    {"update late_charges set psp_reference = 'pi_17' where operation_id = world.id(17, 1)", "late", "00170001-1",
     "its answer is about pi_late_17"},
    {"delete from late_charges where operation_id = world.id(17, 1)", "late", "00170002",
     "it is a late_refund, but no late success is recorded"},
    {"delete from late_charges where operation_id = world.id(18, 2)", "late", "00180003",
     "it is a late_suspense, but no late success is recorded"},
    {"delete from operation_results where operation_id = world.id(17, 1) and attempt = 1", "late", "00170001-1",
     "it is open"},
    {"delete from operation_results where operation_id = world.id(17, 2)", "late", "00170002",
     "stands and is not in standing_late_charges"},
    {"insert into standing_late_charges values (world.id(17, 2), world.id(17), 'stripe', 'main', now(), now())", "late",
     "00170002", "it ended as approved and is in standing_late_charges"},
    {"insert into standing_late_charges values (world.id(10, 2), world.id(10), 'stripe', 'main', now(), now())", "late",
     "00100002", "undoes nothing at stripe main"},
    {"update ledger_balances set balance = balance + 1 where account_id = world.account("
     "'test:psp:stripe:main:late_charges:JPY')",
     "late", ":late_charges:JPY", "its balance is"},
    {"insert into watched_attempts values (world.id(4, 1), 1, world.id(4), 'stripe', 'main', now(), now(), now(), "
     "now())",
     "late", "00040001-1", "is open"},
    {"insert into watched_attempts values (world.id(3, 1), 1, world.id(3), 'stripe', 'other', now(), now(), now(), "
     "now())",
     "late", "00030001-1", "no attempt of"},
    {"delete from ledger_entries where operation_id = world.id(17, 2) and kind = 8", "posting", "00170002-1",
     "do not book a late sale of 640"},
    {"delete from ledger_entries where operation_id = world.id(18, 3) and kind = 9", "posting", "00180003-1",
     "do not book a late refund of 810"},
    {"update operations set amount = 64 where operation_id = world.id(17, 2); update ledger_entries set amount = case "
     "when (kind, line) = (7, 1) then 34 when amount > 0 then 64 else -64 end where operation_id = world.id(17, 2) and "
     "(kind, line) <> (7, 2)",
     "posting", "00170002-1", "it is of 64 JPY, what it answers of 640 JPY"},
    {"update ledger_entries set kind = 9 where operation_id = world.id(17, 2) and kind = 8", "posting",
     "00170002-1 journal 9", "posts no such journal"},
    {"update operations set parameters = parameters - 'late' where operation_id = world.id(17, 2)", "attempt",
     "00170002-1", "names no late success"},
    {"update operations set parameters = parameters || '{\"late_reference\":\"pi_1\"}' where operation_id = "
     "world.id(18, 3)",
     "digest", "00180003-1", "digest"},
    {"delete from psp_references where psp_reference = 're_17_2'", "reference", "00170002-1", "no owner"},
    {"insert into idempotency_keys select merchant_id, live, 'key-late', world.id(17, 2), payment_id, fingerprint, "
     "created_at from idempotency_keys where key = 'key-17-1'",
     "parent", "00170002", "it is a late_refund with 1 idempotency keys"},
    {"update late_charges set adopted_by = 3 where adopted_by is not null", "parent", "00050001-1",
     "attempt 3 adopted"},
});

}  // namespace florin::verify
