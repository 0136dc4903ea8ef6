// florin: the gateway. Reads the command line; everything that serves is wired in serve.cpp and gateway.cpp.
#include <csignal>

#include "cli/cli.hpp"
#include "main/florin/process.hpp"
#include "main/florin/serve.hpp"

int main(int argc, char** argv) {
    florin::forbid_core_dumps();
    florin::raise_descriptor_limit();
    std::signal(SIGPIPE, SIG_IGN);
    return florin::cli::run(argc, argv, florin::serve);
}
