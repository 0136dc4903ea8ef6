// What the changes of merchants and of keys share.
#pragma once

#include "store/administration.hpp"
#include "store/change_log.hpp"

namespace florin::store {

struct Administration::State {
    ChangeLog log;
    Secret pepper;
};

}  // namespace florin::store
