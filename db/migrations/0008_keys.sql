-- Keys with scopes, an end and a successor; operators' keys; merchants with a rate limit of their own that can be closed;
-- and the log of who changed which of them.

alter table merchants
    add column requests_per_second int check (requests_per_second between 1 and 1000000),
    add column burst int check (burst between 1 and 1000000),
    add column closed_at timestamptz,
    add column version int not null default 1,
    add check (num_nulls(requests_per_second, burst) in (0, 2));

-- A merchant's key has merchant and mode. An operator's key has neither, and the scope admin alone.
alter table api_keys
    alter column merchant_id drop not null,
    alter column live drop not null,
    add column scopes text not null default 'read,write,refund',
    add column expires_at timestamptz,
    add column last_used_at timestamptz,          -- the database's, to about a minute
    add column replaced_by uuid references api_keys,
    add check (scopes <> '' and scopes || ',' ~ '^(read,)?(write,)?(refund,)?(admin,)?$'),
    add check (num_nulls(merchant_id, live) = 0 or (num_nulls(merchant_id, live) = 2 and scopes = 'admin'));

-- One row per change of a merchant or key, written in the statement that changes it. Under one idempotency key an actor
-- changes one subject, for ever.
create table admin_audit_log (
    id               uuid primary key,
    at               timestamptz not null,         -- the database's
    actor            text not null,                -- key_… of the API, cli:<user> of the command line
    action           text not null,                -- key.create, key.rotate, key.revoke, merchant.create, merchant.update
    subject          text not null,                -- key_… or mer_…
    merchant_id      uuid,                         -- whose key or merchant; null for operators' keys
    live             bool,                         -- the key's mode
    details          jsonb not null,               -- what was set, and from what; never a secret
    idempotency_key  text,
    fingerprint      bytea,
    check (num_nulls(idempotency_key, fingerprint) in (0, 2)),
    unique (actor, idempotency_key)
);
create index on admin_audit_log (merchant_id, live, id);
select florin_make_append_only('admin_audit_log');

-- What is a key's identity (its hash, merchant, mode, scopes) is written once.
revoke update on api_keys from florin_app;
grant update (revoked_at, expires_at, replaced_by, last_used_at) on api_keys to florin_app;
grant update (name, requests_per_second, burst, closed_at, version) on merchants to florin_app;
grant update (basis_points, fixed), delete on fee_plans to florin_app;
grant select, insert on admin_audit_log to florin_app;
