-- Who may charge: merchants, their fee plans and API keys. A key is stored as HMAC-SHA-256 under the installation's pepper.
create table merchants (
    id          uuid primary key,
    name        text not null,
    created_at  timestamptz not null
);

-- The row without a currency is the merchant's default; a row with one replaces it for that currency.
create table fee_plans (
    merchant_id   uuid not null references merchants,
    currency      char(3),
    basis_points  int not null check (basis_points between 0 and 10000),
    fixed         bigint not null check (fixed >= 0),
    unique nulls not distinct (merchant_id, currency)
);

create table api_keys (
    id           uuid primary key,
    merchant_id  uuid not null references merchants,
    live         bool not null,
    name         text not null,
    hint         text not null,
    hash         bytea not null unique,
    created_at   timestamptz not null,
    revoked_at   timestamptz
);
create index on api_keys (merchant_id);
