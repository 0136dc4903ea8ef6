R"sql(
    -- $11 holds eight amounts and the count of events per item, $12 multiple captures, $18 updated_at: a column of x costs more
    -- than an index here.
    update payments q
    set status = w.status, version = w.version, authorized = ($11::int8[])[9 * w.ord::int4 - 8],
        capturing = ($11::int8[])[9 * w.ord::int4 - 7], captured = ($11::int8[])[9 * w.ord::int4 - 6],
        refunding = ($11::int8[])[9 * w.ord::int4 - 5], refunded = ($11::int8[])[9 * w.ord::int4 - 4],
        voiding = ($11::int8[])[9 * w.ord::int4 - 3], voided = ($11::int8[])[9 * w.ord::int4 - 2],
        expired = ($11::int8[])[9 * w.ord::int4 - 1], events = ($11::int8[])[9 * w.ord::int4],
        multiple_captures = ($12::bool[])[w.ord::int4],
        psp_reference = w.psp_reference, failure_code = w.failure_code, failure_reason = w.failure_reason,
        next_action = w.next_action, capture_before = w.capture_before, updated_at = ($18::timestamptz[])[w.ord::int4]
    from w where q.id = w.payment_id and q.version = w.expected_version
)sql"
