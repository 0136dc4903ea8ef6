R"sql(
-- What the PSPs list, as it comes. An object may be seen twice while the list moves.
drop table if exists deep_account, deep_payment, deep_refund, deep_capture, deep_ack, deep_undoing, deep_object, deep_unread,
    deep_books;
create temporary table deep_account (psp text, account text, live bool);
create temporary table deep_payment (
    psp text, account text, live bool, reference text collate "C" primary key, payment_id uuid, operation_id uuid, attempt int2,
    currency text, amount int8, is_open bool, held int8, captured int8, created_at timestamptz, unreadable text);
create temporary table deep_refund (
    psp text, account text, live bool, reference text collate "C" primary key, payment_reference text collate "C",
    payment_id uuid, operation_id uuid, attempt int2, currency text, amount int8, given int8, created_at timestamptz,
    unreadable text);
create temporary table deep_capture (
    reference text collate "C", operation_id uuid, amount int8, unique (reference, operation_id));
create temporary table deep_ack (line int8, key text collate "C", status int2, sha256 bytea, payment_id uuid);
)sql"
