// What `florin webhooks endpoints …` does.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>

#include "base/task.hpp"
#include "cli/webhook_endpoint_options.hpp"
#include "config/config.hpp"

namespace florin::cli::endpoints {

using Executor = boost::asio::any_io_executor;

// Each prints, and returns the exit code.
Task<int> create(Executor executor, config::Config config, EndpointOptions options, bool json);
Task<int> update(Executor executor, config::Config config, std::string id, EndpointOptions options, bool json);
Task<int> rotate(Executor executor, config::Config config, std::string id, std::string overlap, bool json);
Task<int> show(Executor executor, config::Config config, std::string id, bool json);
Task<int> enable(Executor executor, config::Config config, std::string id, bool json);
Task<int> disable(Executor executor, config::Config config, std::string id, bool json);
Task<int> remove(Executor executor, config::Config config, std::string id, bool json);
Task<int> test(Executor executor, config::Config config, std::string id, bool json);
Task<int> list(Executor executor, config::Config config, std::string merchant, bool json);

}  // namespace florin::cli::endpoints
