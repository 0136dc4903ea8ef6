R"sql(
    update payments q
    set status = w.status, version = w.version, authorized = w.authorized, capturing = w.capturing, captured = w.captured,
        refunding = w.refunding, refunded = w.refunded, voiding = w.voiding, voided = w.voided, expired = w.expired,
        multiple_captures = w.multiple_captures, psp = w.psp, psp_reference = w.psp_reference,
        failure_code = w.failure_code, failure_reason = w.failure_reason, next_action = w.next_action,
        capture_before = w.capture_before, updated_at = w.updated_at
    from w where q.id = w.payment_id and q.version = w.expected_version
)sql"
