// The handlers of the route table, one file per resource.
#pragma once

#include "api/call.hpp"

namespace florin::api {

// payments_create.cpp
Task<Answer> create_payment(const ApiServices& services, Call call);
// payments_capture.cpp, payments_void.cpp, payments_refund.cpp
Task<Answer> capture_payment(const ApiServices& services, Call call);
Task<Answer> void_payment(const ApiServices& services, Call call);
Task<Answer> refund_payment(const ApiServices& services, Call call);
// payments_read.cpp
Task<Answer> read_payment(const ApiServices& services, Call call);
// payments_list.cpp
Task<Answer> list_payments(const ApiServices& services, Call call);
// payments_refunds.cpp, payments_operations.cpp, payments_ledger.cpp, payments_audit.cpp
Task<Answer> list_refunds(const ApiServices& services, Call call);
Task<Answer> list_operations(const ApiServices& services, Call call);
Task<Answer> list_ledger_entries(const ApiServices& services, Call call);
Task<Answer> list_audit_entries(const ApiServices& services, Call call);
// events.cpp
Task<Answer> list_events(const ApiServices& services, Call call);
Task<Answer> read_event(const ApiServices& services, Call call);
// webhook_endpoints.cpp, webhook_endpoints_test_event.cpp
Task<Answer> create_webhook_endpoint(const ApiServices& services, Call call);
Task<Answer> list_webhook_endpoints(const ApiServices& services, Call call);
Task<Answer> read_webhook_endpoint(const ApiServices& services, Call call);
Task<Answer> update_webhook_endpoint(const ApiServices& services, Call call);
Task<Answer> delete_webhook_endpoint(const ApiServices& services, Call call);
Task<Answer> enable_webhook_endpoint(const ApiServices& services, Call call);
Task<Answer> disable_webhook_endpoint(const ApiServices& services, Call call);
Task<Answer> rotate_webhook_secret(const ApiServices& services, Call call);
Task<Answer> send_test_event(const ApiServices& services, Call call);
// webhook_deliveries.cpp
Task<Answer> list_webhook_deliveries(const ApiServices& services, Call call);
Task<Answer> replay_webhook_deliveries(const ApiServices& services, Call call);
// balance.cpp
Task<Answer> read_balance(const ApiServices& services, Call call);
// health.cpp
Task<Answer> tell_alive(const ApiServices& services, Call call);
Task<Answer> tell_ready(const ApiServices& services, Call call);
Task<Answer> tell_metrics(const ApiServices& services, Call call);
// psp_webhooks.cpp
Task<Answer> receive_psp_event(const ApiServices& services, Call call);
// contract.cpp, error_pages.cpp
Task<Answer> tell_contract(const ApiServices& services, Call call);
Task<Answer> tell_error(const ApiServices& services, Call call);

}  // namespace florin::api
