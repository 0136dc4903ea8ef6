// What a command needs that settles operations as a gateway does: a store that writes, and the PSP accounts.
#pragma once

#include "cli/psp_accounts.hpp"
#include "flow/services.hpp"
#include "observe/metrics.hpp"

namespace florin::cli {

class OperatorServices {
public:
    // Throws UsageError without a PSP account.
    OperatorServices(boost::asio::any_io_executor executor, const config::Config& config);
    Task<void> start(Deadline deadline) { return store_.start(deadline); }
    Task<void> finish(Deadline deadline) { return store_.drain(deadline); }
    const flow::Services& flow() const { return services_; }

private:
    SystemClock clock_;
    observe::Metrics metrics_;
    store::Store store_;
    std::vector<PspAccount> psps_;
    flow::PspAccounts accounts_;
    flow::Services services_;
};

}  // namespace florin::cli
