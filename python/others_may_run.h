#pragma once
#include <nanobind/nanobind.h>

namespace weft {

/// A stretch of C++ code without Python's lock, so that other threads may run Python.
///
/// A daemon thread that asks for the lock when Python has ended is ended where it stands, which C++ does not
/// survive. So others_leave() waits for all such stretches, and those that begin later keep the lock.
class OthersMayRun {
 public:
  OthersMayRun();
  ~OthersMayRun();
  OthersMayRun(const OthersMayRun&) = delete;
  OthersMayRun& operator=(const OthersMayRun&) = delete;

 private:
  PyThreadState* state_ = nullptr;  ///< null: the lock was kept
};

/// What a wait does every now and then, with Python's lock: throws nanobind's python_error where a signal has
/// raised something, or SystemExit where Python ends, which ends a thread without a word.
void look_at_interrupts();

/// The beginning of Python's end, called by the thread that ends it: returns when no other thread is in an
/// OthersMayRun. False: some still are after a few seconds, and stay there.
bool others_leave();

}  // namespace weft
