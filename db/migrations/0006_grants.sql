-- The gateway's role owns nothing, writes partitions only through their parents, and changes or removes only what is
-- mutable by design.
revoke all on all tables in schema public from public;
revoke all on all functions in schema public from public;

grant usage on schema public to florin_app;
grant execute on function florin_now(), florin_ensure_partitions(), florin_months_ahead() to florin_app;

grant select, insert on idempotency_keys, operations, operation_results, psp_references, late_charges, ledger_accounts,
    ledger_entries, payment_audit_log, chain_links to florin_app;
grant select, insert, update on payments, ledger_balances to florin_app;
grant select, insert, update, delete on open_operations to florin_app;
grant select, insert on merchants, fee_plans to florin_app;
grant select, insert, update on api_keys to florin_app;
-- The gateway compares the schema with its own at start.
grant select on florin_migrations to florin_app;
