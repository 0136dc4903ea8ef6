// Fewer writes of a busy loop: lines of one thread that nothing is wrong in wait for the end of the loop's turn.
#pragma once

#include <functional>

namespace florin::observe {

// As long as it lives, lines of this thread below `warning` are written together; a warning or an error is written at
// once, behind those that wait. `later` is called when the first line waits: it has flush() called soon, on this
// thread. Each line stays whole: what is written are lines, 64 KiB at the most and one longer line. What kills the
// process takes the lines of the last turn with it. At most one per thread.
class BatchedLog {
public:
    explicit BatchedLog(std::function<void()> later);
    ~BatchedLog();
    BatchedLog(const BatchedLog&) = delete;
    BatchedLog& operator=(const BatchedLog&) = delete;
    static void flush();
};

}  // namespace florin::observe
