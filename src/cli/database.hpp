// How an operator's command gets to the database: the configured one, or the private one of a running gateway.
// Passwords come from the environment or the gateway's own files, never from the command line.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <string>

#include "base/task.hpp"
#include "config/config.hpp"

namespace florin::cli {

// The connection string of florin_app; throws UsageError when there is no database to ask.
std::string application_url(const config::Config& config);
// The same of florin_owner, who may change the schema.
std::string owner_url(const config::Config& config);
// The same of the embedded cluster's superuser.
std::string admin_url(const config::Config& config);

// Runs the work on a loop of its own until it ends; rethrows what it throws.
int on_loop(std::function<Task<int>(boost::asio::any_io_executor)> work);

}  // namespace florin::cli
