// florin fail-points: where a test may make this program fail. Test builds only.
#include "base/fail_point.hpp"

#ifdef FLORIN_FAIL_POINTS

#include <iostream>

#include "cli/command.hpp"

namespace florin::cli {

void add_fail_points(CLI::App& app, Shell& shell) {
    const Description description{.name = "fail-points",
                                  .what = "List the fail points of this test build",
                                  .examples = "  FLORIN_FAIL=after_psp_answer=crash florin up"};
    add_command(app, shell, description, [&shell] {
        boost::json::array rows;
        for (const auto name : fail_point_names()) {
            rows.emplace_back(name);
            if (!shell.json) std::cout << name << '\n';
        }
        if (shell.json) print_json({{"data", std::move(rows)}});
        return kDone;
    });
}

}  // namespace florin::cli

#endif
