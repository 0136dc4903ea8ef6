// What every florin process asks of the operating system before anything else.
#pragma once

#include <cstddef>

namespace florin {

// No core file and no debugger of another process: both would show keys and the pepper. FLORIN_CORE_DUMPS=1 leaves it
// as the system has it.
void forbid_core_dumps();

// As many file descriptors as the system lets us have: a connection takes one.
void raise_descriptor_limit();

// How many of the wanted connections the descriptors allow, beside what the process needs itself; at least one.
std::size_t connections_that_fit(std::size_t wanted);

}  // namespace florin
