// Assertions that stay on in release: a broken invariant stops the process, because down is better than wrong money.
#pragma once

namespace florin {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}

#define FLORIN_ASSERT(expression) \
    ((expression) ? static_cast<void>(0) : ::florin::assertion_failed(#expression, __FILE__, __LINE__))
