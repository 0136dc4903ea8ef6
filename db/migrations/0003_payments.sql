-- Payments, their operations and what is known about them. No foreign keys here: the statement that writes a row writes its
-- parent, and `florin verify` checks it (foreign keys cost 30 % of the write path). Ids are UUIDv7 made by the gateway.

create table idempotency_keys (
    merchant_id   uuid,
    live          bool,
    key           text collate "C",
    operation_id  uuid not null,
    payment_id    uuid not null,
    fingerprint   bytea not null,
    created_at    timestamptz not null,
    primary key (merchant_id, live, key)
);

-- The only big mutable table. No index on a mutable column and room on each page, so that every update is HOT.
create table payments (
    id              uuid primary key,
    merchant_id     uuid not null,
    live            bool not null,
    amount          bigint not null,
    currency        char(3) not null,
    authorized      bigint not null,
    capturing       bigint not null,
    captured        bigint not null,
    refunding       bigint not null,
    refunded        bigint not null,
    voiding         bigint not null,
    voided          bigint not null,
    status          text not null,
    version         int not null,
    payment_method  text not null,
    capture         bool not null,
    description     text,
    metadata        jsonb not null,
    return_url      text,
    psp             text not null,
    psp_reference   text,
    failure_code    text,
    failure_reason  text,
    next_action     text,
    capture_before  timestamptz,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    check (amount > 0 and captured + capturing + voided + voiding <= authorized and refunded + refunding <= captured)
) with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
create index on payments (merchant_id, live, id);

-- One row per attempt: the evidence of the intent, written before the PSP hears of it.
create table operations (
    payment_id       uuid,
    operation_id     uuid,
    attempt          smallint,
    kind             text not null,
    amount           bigint not null,
    currency         char(3) not null,
    parameters       jsonb,
    psp              text not null,
    psp_account      text not null,
    encoder_version  smallint not null,
    actor            text not null,
    request_id       uuid not null,
    recorded_at      timestamptz not null default florin_now(),
    primary key (payment_id, operation_id, attempt)
);

-- The attempts that may still be executing. Small; rows live from intent to result.
create table open_operations (
    operation_id   uuid primary key,
    payment_id     uuid not null,
    attempt        smallint not null,
    kind           text not null,
    psp            text not null,
    psp_account    text not null,
    generation     int not null,
    lease_until    timestamptz not null,
    send_until     timestamptz not null,           -- no send of this attempt begins later
    execute_until  timestamptz not null,           -- no repeat is sent later
    tries          int not null,
    next_try       timestamptz not null,
    evidence       text not null,
    psp_reference  text,
    fenced_at      timestamptz,                    -- the PSP answered a repeat from its store
    parked         bool not null,
    news           bool not null default false     -- evidence came from who does not hold the lease: parking is refused
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000);

-- How an attempt ended, with the response body as it was sent.
create table operation_results (
    operation_id   uuid,
    attempt        smallint,
    payment_id     uuid not null,
    outcome        text not null,
    reason         text,
    http_status    smallint not null,
    psp            text not null,
    psp_reference  text collate "C",
    version        int not null,                   -- of the payment after it
    body           text not null,
    digest         bytea not null,
    writer         smallint not null,
    link           bigint not null,
    created_at     timestamptz not null,
    primary key (operation_id, attempt)
) partition by range (operation_id);

-- Each PSP object that one of our operations created, for ever: two operations can never both own one.
create table psp_references (
    psp            text,
    psp_reference  text collate "C",
    operation_id   uuid not null,
    attempt        smallint not null,
    payment_id     uuid not null,
    primary key (psp, psp_reference)
);

-- What was done, once, with a success that came after its attempt was closed: adopted by a later attempt of the same
-- operation, or compensated by another operation.
create table late_charges (
    operation_id    uuid,
    attempt         smallint,
    payment_id      uuid not null,
    psp             text not null,
    psp_reference   text,
    adopted_by      smallint,
    compensated_by  uuid,
    created_at      timestamptz not null,
    primary key (operation_id, attempt),
    check (num_nonnulls(adopted_by, compensated_by) = 1)
);
