#pragma once
// The one thread pool: libgomp's, which oneDNN shares. A second pool would fight for the same cores.
#include <cstdint>
#include <span>

namespace weft {

/// Sets the number of threads of every later parallel_for and library call. Call once, at start.
void set_threads(int threads);
int threads();

/// Binds thread i of the pool to cores[i], so that no thread loses its cache to a move. False, and nothing
/// bound, where there are fewer cores than threads. Call after set_threads().
bool pin_threads(std::span<const int> cores);
/// Lets the calling thread run on all of the process's cores: for background threads, which inherit the
/// binding of the thread that makes them.
void unpin_this_thread();

/// A body of parallel_for, by reference: no copy, no allocation. It must outlive the call, as an argument
/// does.
class RangeBody {
 public:
  template <class F>
  RangeBody(const F& body)  // NOLINT(google-explicit-constructor): a lambda is meant to be passed as it is
      : body_(&body),
        call_([](const void* f, int64_t begin, int64_t end) { (*static_cast<const F*>(f))(begin, end); }) {}
  void operator()(int64_t begin, int64_t end) const { call_(body_, begin, end); }

 private:
  const void* body_;
  void (*call_)(const void*, int64_t, int64_t);
};

/// Calls body(begin, end) on disjoint pieces of [0, count) in parallel; pieces are at least `grain` long.
/// The split depends on `count`, `grain` and threads() only; within another's body all of it is one piece.
/// The body must not throw. Allocates nothing. All is one piece, too, in a process that was forked where the
/// thread that forked had used the pool: the pool's threads stayed behind.
void parallel_for(int64_t count, int64_t grain, RangeBody body);

}  // namespace weft
