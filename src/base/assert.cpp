#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace florin {

void assertion_failed(const char* expression, const char* file, int line) {
    (void)std::fprintf(stderr,
                       "{\"level\":\"fatal\",\"event\":\"assertion.failed\",\"at\":\"%s:%d\",\"expression\":\"%s\"}\n",
                       file, line, expression);
    std::abort();
}

}  // namespace florin
