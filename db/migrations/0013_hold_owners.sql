-- Whose a held authorization is, so that a merchant's policy finds what that merchant holds and nothing else.

alter table held_authorizations add column merchant_id uuid;
update held_authorizations h set merchant_id = p.merchant_id from payments p where p.id = h.payment_id;
alter table held_authorizations alter column merchant_id set not null;
create index on held_authorizations (merchant_id, capture_before);

-- The few that have a policy.
create index on merchants (id) where before_expiry <> 'none';
