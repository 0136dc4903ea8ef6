// florin: the gateway. Reads the command line; everything that serves is wired in serve.cpp and gateway.cpp.
#include <sys/resource.h>

#include <csignal>

#include "cli/cli.hpp"
#include "main/florin/serve.hpp"

int main(int argc, char** argv) {
    // A core file would hold keys and pepper.
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    std::signal(SIGPIPE, SIG_IGN);
    return florin::cli::run(argc, argv, florin::serve);
}
