#pragma once
#include <atomic>
#include <functional>

namespace weft {

/// Does `work` in a thread, without Python's lock, and waits for it with a look at Ctrl-C every now and then.
/// Of an interrupt, nanobind's python_error leaves at once and the flag that `work` is given becomes true;
/// the work ends on its own, see wait_for_interrupted_work(). What `work` throws is thrown here.
void interruptible(std::function<void(const std::atomic<bool>& stop)> work);

/// Before the process ends: returns when no interrupted work is left, or at another Ctrl-C. Nothing in a
/// process that was forked from the one where the work was begun.
void wait_for_interrupted_work();

}  // namespace weft
