// The handlers of /api/v1/admin: managing merchants and API keys. All ask for the scope admin.
#pragma once

#include "api/call.hpp"

namespace florin::api {

// admin_merchants.cpp: operator's keys only
Task<Answer> create_merchant(const ApiServices& services, Call call);
Task<Answer> list_merchants(const ApiServices& services, Call call);
Task<Answer> read_merchant(const ApiServices& services, Call call);
Task<Answer> update_merchant(const ApiServices& services, Call call);
// admin_keys.cpp: operator's keys, and a merchant's for its own merchant and mode
Task<Answer> create_key(const ApiServices& services, Call call);
Task<Answer> list_keys(const ApiServices& services, Call call);
Task<Answer> read_key(const ApiServices& services, Call call);
Task<Answer> rotate_key(const ApiServices& services, Call call);
Task<Answer> revoke_key(const ApiServices& services, Call call);
// admin_operations.cpp: operator's keys only
Task<Answer> list_open_operations(const ApiServices& services, Call call);
Task<Answer> resolve_operation(const ApiServices& services, Call call);
// admin_changes.cpp
Task<Answer> list_changes(const ApiServices& services, Call call);

}  // namespace florin::api
