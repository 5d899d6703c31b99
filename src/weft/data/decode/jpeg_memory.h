#pragma once
// libjpeg's memory manager, with the memory of each image taken from an arena.
#include <cstdio>  // jpeglib.h needs it
// clang-format off
#include <jpeglib.h>
// clang-format on

#include "weft/data/decode/scratch_arena.h"

namespace weft {

/// Where libjpeg takes memory for an image. What lives as long as the decompressor stays with libjpeg.
struct JpegMemory {
  ScratchArena arena;
  jpeg_memory_mgr original{};
  struct BlockArray* arrays = nullptr;  ///< coefficients of this image (progressive files only)

  /// Puts itself into `info`, just created, and stays there: it must outlive `info`, and not move.
  void attach(jpeg_decompress_struct& info);
};

}  // namespace weft
