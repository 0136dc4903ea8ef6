// How a taking is read, and which kinds may be taken.
#pragma once

#include "postgres/params.hpp"
#include "postgres/rows.hpp"
#include "store/reads.hpp"

namespace florin::store {

Taken read_taken(const postgres::Row& row);
// The kinds of open operations that this release has a handler for (K-21). One that another release wrote stays where
// it is: reading it would fail, and everything behind it would wait.
postgres::Array known_kinds();

}  // namespace florin::store
