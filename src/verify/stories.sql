R"sql(
-- The lives that the payments of world.sql live.
create schema world;
-- What happens to a payment, step by step. `event`: open (its creation), reserve, reopen (the next attempt), action (the payer
-- must act), work (the payer acted), how an attempt ended, adopted (opened and approved late in one commit), recorded (opened
-- and approved without a PSP) or refused (422, stored; nothing changes).
create table world.story (story int, step int, op int, attempt int2, kind text, event text, amount int8, parameters jsonb,
                          reason text, primary key (story, step));
insert into world.story values
    (1, 1, 1, 1, 'sale', 'open', 10000, null, null), (1, 2, 1, 1, 'sale', 'action', 10000, null, null),
    (1, 3, 1, 1, 'sale', 'approved', 10000, null, null),
    (2, 1, 1, 1, 'sale', 'open', 2500, null, null), (2, 2, 1, 1, 'sale', 'not_executed', 2500, null, 'not_executed'),
    (2, 3, 2, 1, 'refund', 'refused', 2500, null, 'amount_out_of_range'),
    (2, 4, 1, 2, 'sale', 'reopen', 2500, null, null), (2, 5, 1, 2, 'sale', 'approved', 2500, null, null),
    (3, 1, 1, 1, 'sale', 'open', 333, null, null), (3, 2, 1, 1, 'sale', 'declined', 333, null, 'card_declined'),
    (4, 1, 1, 1, 'sale', 'open', 500, null, null),
    (5, 1, 1, 1, 'sale', 'open', 770, null, null), (5, 2, 1, 1, 'sale', 'not_executed', 770, null, 'not_executed'),
    (5, 3, 1, 2, 'sale', 'adopted', 770, null, null),
    -- Held, and nothing else.
    (6, 1, 1, 1, 'authorize', 'open', 4000, null, null), (6, 2, 1, 1, 'authorize', 'approved', 4000, null, null),
    -- A part is captured, which releases the rest; given back in two parts, with a refusal between them.
    (7, 1, 1, 1, 'authorize', 'open', 9000, null, null), (7, 2, 1, 1, 'authorize', 'approved', 9000, null, null),
    (7, 3, 2, 1, 'capture', 'reserve', 6000, '{"final":true,"releases":3000}', null),
    (7, 4, 2, 1, 'capture', 'approved', 6000, '{"final":true,"releases":3000}', null),
    (7, 5, 3, 1, 'refund', 'reserve', 2000, '{"reason":"requested_by_customer"}', null),
    (7, 6, 3, 1, 'refund', 'approved', 2000, '{"reason":"requested_by_customer"}', null),
    (7, 7, 4, 1, 'refund', 'refused', 4001, null, 'amount_out_of_range'),
    (7, 8, 5, 1, 'refund', 'reserve', 4000, null, null), (7, 9, 5, 1, 'refund', 'approved', 4000, null, null),
    -- Three captures, the second one first declined and asked for again; the rest is voided.
    (8, 1, 1, 1, 'authorize', 'open', 5000, '{"multiple_captures":true}', null),
    (8, 2, 1, 1, 'authorize', 'approved', 5000, '{"multiple_captures":true}', null),
    (8, 3, 2, 1, 'capture', 'reserve', 1000, null, null), (8, 4, 3, 1, 'capture', 'reserve', 1100, null, null),
    (8, 5, 3, 1, 'capture', 'declined', 1100, null, 'processing_error'),
    (8, 6, 2, 1, 'capture', 'approved', 1000, null, null), (8, 7, 4, 1, 'capture', 'reserve', 1100, null, null),
    (8, 8, 4, 1, 'capture', 'approved', 1100, null, null), (8, 9, 5, 1, 'capture', 'reserve', 900, null, null),
    (8, 10, 5, 1, 'capture', 'approved', 900, null, null), (8, 11, 6, 1, 'void', 'reserve', 2000, null, null),
    (8, 12, 6, 1, 'void', 'approved', 2000, null, null),
    -- Expired; the void came too late.
    (9, 1, 1, 1, 'authorize', 'open', 3000, null, null), (9, 2, 1, 1, 'authorize', 'approved', 3000, null, null),
    (9, 3, 2, 1, 'expire', 'reserve', 3000, null, null), (9, 4, 2, 1, 'expire', 'approved', 3000, null, null),
    (9, 5, 3, 1, 'void', 'refused', 3000, null, 'operation_not_allowed'),
    -- A refund that was not executed at first, and failed later.
    (10, 1, 1, 1, 'sale', 'open', 1500, null, null), (10, 2, 1, 1, 'sale', 'approved', 1500, null, null),
    (10, 3, 2, 1, 'refund', 'reserve', 1500, null, null), (10, 4, 2, 1, 'refund', 'not_executed', 1500, null, 'not_executed'),
    (10, 5, 2, 2, 'refund', 'reserve', 1500, null, null), (10, 6, 2, 2, 'refund', 'approved', 1500, null, null),
    (10, 7, 3, 1, 'refund_failure', 'recorded', 1500, '{"reverses":"op 2"}', null),
    -- A capture that the PSP took back.
    (11, 1, 1, 1, 'authorize', 'open', 2200, null, null), (11, 2, 1, 1, 'authorize', 'approved', 2200, null, null),
    (11, 3, 2, 1, 'capture', 'reserve', 2200, '{"final":true}', null),
    (11, 4, 2, 1, 'capture', 'approved', 2200, '{"final":true}', null),
    (11, 5, 3, 1, 'capture_failure', 'recorded', 2200, '{"reverses":"op 2"}', null),
    -- Open: a capture with its release, and a refund of what was captured before.
    (12, 1, 1, 1, 'authorize', 'open', 8000, '{"multiple_captures":true}', null),
    (12, 2, 1, 1, 'authorize', 'approved', 8000, '{"multiple_captures":true}', null),
    (12, 3, 2, 1, 'capture', 'reserve', 3000, null, null), (12, 4, 2, 1, 'capture', 'approved', 3000, null, null),
    (12, 5, 3, 1, 'capture', 'reserve', 4000, '{"final":true,"releases":1000}', null),
    (12, 6, 4, 1, 'refund', 'reserve', 700, null, null),
    -- Not executed, charged by the second attempt; then the first one shows too, and is given back.
    (17, 21, 1, 1, 'sale', 'open', 640, null, null), (17, 22, 1, 1, 'sale', 'not_executed', 640, null, 'not_executed'),
    (17, 23, 1, 2, 'sale', 'reopen', 640, null, null), (17, 24, 2, 1, 'late_refund', 'reserve', 640, '{"late":1}', null),
    (17, 25, 2, 1, 'late_refund', 'approved', 640, '{"late":1}', null), (17, 26, 1, 2, 'sale', 'approved', 640, null, null),
    -- Given back twice; the second time cannot be undone.
    (18, 21, 1, 1, 'sale', 'open', 810, null, null), (18, 22, 1, 1, 'sale', 'approved', 810, null, null),
    (18, 23, 2, 1, 'refund', 'reserve', 810, null, null), (18, 24, 2, 1, 'refund', 'not_executed', 810, null, 'not_executed'),
    (18, 25, 2, 2, 'refund', 'reserve', 810, null, null), (18, 26, 2, 2, 'refund', 'approved', 810, null, null),
    (18, 27, 3, 1, 'late_suspense', 'recorded', 810, '{"late":2}', null),
    -- Open: a void of all.
    (13, 1, 1, 1, 'authorize', 'open', 1200, null, null), (13, 2, 1, 1, 'authorize', 'approved', 1200, null, null),
    (13, 3, 2, 1, 'void', 'reserve', 1200, null, null);
-- Most payments of a benchmark are plain: a sale; a capture of all; a refund of all.
insert into world.story values
    (14, 1, 1, 1, 'sale', 'open', 4200, null, null), (14, 2, 1, 1, 'sale', 'approved', 4200, null, null),
    (15, 1, 1, 1, 'authorize', 'open', 5100, null, null), (15, 2, 1, 1, 'authorize', 'approved', 5100, null, null),
    (15, 3, 2, 1, 'capture', 'reserve', 5100, '{"final":true}', null),
    (15, 4, 2, 1, 'capture', 'approved', 5100, '{"final":true}', null),
    (16, 1, 1, 1, 'sale', 'open', 999, null, null), (16, 2, 1, 1, 'sale', 'approved', 999, null, null),
    (16, 3, 2, 1, 'refund', 'reserve', 999, null, null), (16, 4, 2, 1, 'refund', 'approved', 999, null, null);
)sql"
