-- A payment is known to the PSP account that it was made at, and to no other. Every later operation goes there.

alter table payments add column psp_account text not null default '';

-- The last attempt of the creating operation, which is the payment's first.
update payments p set psp_account = c.psp_account
from (select distinct on (payment_id) payment_id, psp_account from operations
      order by payment_id, operation_id, attempt desc) c
where c.payment_id = p.id;

-- Test and live accounts may share a name; the ids that Florin makes carry the mode (the bit behind version, variant and
-- bucket).
create function florin_is_live(id uuid) returns bool language sql immutable parallel safe
    return get_byte(uuid_send(id), 10) >= 128;
revoke all on function florin_is_live(uuid) from public;
grant execute on function florin_is_live(uuid) to florin_app;
