#include "weft/data/read/async_reader.h"
#include "weft/data/read/uring_reader.h"

namespace weft {

std::unique_ptr<AsyncReader> make_async_reader(int depth, int threads) {
  std::unique_ptr<AsyncReader> reader = make_uring_reader(depth);
  return reader ? std::move(reader) : make_thread_reader(depth, threads);
}

}  // namespace weft
