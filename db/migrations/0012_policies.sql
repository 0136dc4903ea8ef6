-- What a merchant wants done with authorizations that are about to expire: nothing, capture or void what is still held.

alter table merchants
    add column before_expiry text not null default 'none' check (before_expiry in ('none', 'capture', 'void')),
    add column before_expiry_hours int not null default 24 check (before_expiry_hours between 1 and 168);
grant update (before_expiry, before_expiry_hours) on merchants to florin_app;

-- When the policy of a held authorization is looked at again; null: not yet.
alter table held_authorizations add column policy_look timestamptz;
