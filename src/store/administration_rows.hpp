// Rows of merchants, keys and changes, as the statements of administration_statements.cpp return them.
#pragma once

#include "postgres/rows.hpp"
#include "store/administration.hpp"

namespace florin::store {

std::vector<MerchantRow> merchant_rows_of(const postgres::Rows& rows);
KeyRow key_row_of(const postgres::Row& row);
AdminAuditRow audit_row_of(const postgres::Row& row);

}  // namespace florin::store
