#include "weft/data/source/hdf5_library.h"

namespace weft {

namespace {

std::recursive_mutex& library_mutex() {
  // Global, because what it guards is: the library's state.
  static std::recursive_mutex mutex;
  return mutex;
}

}  // namespace

Hdf5Lock::Hdf5Lock() : lock_(library_mutex()) { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

}  // namespace weft
