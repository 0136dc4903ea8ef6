// florin version.
#include <iostream>

#include "cli/command.hpp"

namespace florin::cli {

void add_version(CLI::App& app, Shell& shell) {
    add_command(app, shell, {"version", "Print the version", "  florin version --json"}, [&shell] {
        if (shell.json) {
            print_json({{"version", FLORIN_VERSION}});
        } else {
            std::cout << "florin " << FLORIN_VERSION << '\n';
        }
        return kDone;
    });
}

}  // namespace florin::cli
