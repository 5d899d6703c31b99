#include "python/others_may_run.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace weft {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience(5);  // with a collective whose other ranks are gone, say

std::atomic<int> outside{0};  // threads without Python's lock
std::atomic<bool> ends{false};
std::atomic<bool> has_ended{false};  // for those that were not waited for
std::thread::id ender;               // written before `ends`

// The threads that a parent has outside are not there in its child.
[[maybe_unused]] const int registered = pthread_atfork(nullptr, nullptr, [] { outside = 0; });

bool ends_for_this_thread() { return ends && std::this_thread::get_id() != ender; }

}  // namespace

OthersMayRun::OthersMayRun() {
  if (ends) return;
  outside.fetch_add(1);
  state_ = PyEval_SaveThread();
}

OthersMayRun::~OthersMayRun() {
  if (state_ == nullptr) return;
  while (has_ended && ends_for_this_thread()) ::pause();
  PyEval_RestoreThread(state_);
  outside.fetch_sub(1);
}

void look_at_interrupts() {
  const bool leaves = ends_for_this_thread();
  if (leaves) PyErr_SetNone(PyExc_SystemExit);
  if (leaves || PyErr_CheckSignals() != 0) throw nanobind::python_error();
}

bool others_leave() {
  ender = std::this_thread::get_id();
  ends = true;
  const auto end = Clock::now() + kPatience;
  while (outside > 0 && Clock::now() < end) {
    PyThreadState* state = PyEval_SaveThread();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    PyEval_RestoreThread(state);
    if (PyErr_CheckSignals() != 0) throw nanobind::python_error();
  }
  has_ended = true;
  return outside == 0;
}

}  // namespace weft
