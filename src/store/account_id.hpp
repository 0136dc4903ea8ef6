// Account ids are SHA-256 of the path; a process needs the same few again and again.
#pragma once

#include "ledger/journal.hpp"

namespace florin::store {

Uuid account_id(const ledger::Account& account);

}  // namespace florin::store
