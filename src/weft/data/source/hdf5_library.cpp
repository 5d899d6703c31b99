#include "weft/data/source/hdf5_library.h"

namespace weft {

namespace {

std::recursive_mutex& library_mutex() {
  // Global, because what it guards is: the library's state.
  static std::recursive_mutex mutex;
  return mutex;
}

}  // namespace

Hdf5Lock::Hdf5Lock() : lock_(library_mutex()) {
  // Its work at the exit crashes over a file that could not be closed (a full disk); all are closed before.
  [[maybe_unused]] static const herr_t once = H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

}  // namespace weft
