#include "weft/store/direct_io.h"

#include <fcntl.h>

#include <new>

namespace weft {

bool set_direct_io(int descriptor, bool direct) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0) return false;
  return ::fcntl(descriptor, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

DirectIoBuffer::DirectIoBuffer()
    : memory_(static_cast<std::byte*>(std::aligned_alloc(kDirectIoAlignment, kDirectIoPiece)), &std::free) {
  if (!memory_) throw std::bad_alloc();
}

}  // namespace weft
