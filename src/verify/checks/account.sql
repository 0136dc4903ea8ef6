R"sql(
-- The id is the first 16 bytes of sha256(path) with version 8 and variant set; the path begins with the mode and ends with
-- the currency.
select a.path || ' (' || a.id || ')' as subject,
       case when encode(set_byte(set_byte(h.hash, 6, get_byte(h.hash, 6) & 15 | 128), 8, get_byte(h.hash, 8) & 63 | 128),
                        'hex')::uuid <> a.id
                then 'its id is not derived from its path'
            when split_part(a.path, ':', 1) <> case when a.live then 'live' else 'test' end
                then 'its path does not begin with its mode, live = ' || a.live
            when split_part(a.path, ':', -1) <> a.currency then 'its path does not end with its currency ' || a.currency
            when (split_part(a.path, ':', 2) = 'merchant') <> (a.merchant_id is not null)
                or a.merchant_id is not null and split_part(a.path, ':', 3) <> 'mer_' || a.merchant_id
                then 'its path does not name its merchant ' || coalesce(a.merchant_id::text, 'none') end as detail
from ledger_accounts a cross join lateral (select substring(sha256(convert_to(a.path, 'UTF8')) for 16) as hash) h
)sql"
