// The PSP accounts of the configuration, as an operator's command talks to them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <vector>

#include "config/config.hpp"
#include "psp/psp.hpp"

namespace florin::cli {

struct PspAccount {
    std::unique_ptr<psp::Psp> psp;
    bool live = false;
};

// Those that have a key; throws UsageError when there is none, or one of them could send money the wrong way.
std::vector<PspAccount> psp_accounts(boost::asio::any_io_executor executor, const config::Config& config);

}  // namespace florin::cli
