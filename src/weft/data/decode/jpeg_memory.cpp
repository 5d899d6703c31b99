#include "weft/data/decode/jpeg_memory.h"

#include <jerror.h>

#include <algorithm>
#include <cstring>

namespace weft {

/// libjpeg calls these virtual arrays, as they may lie on disk; ours lie in memory.
struct BlockArray {
  BlockArray* next = nullptr;
  JBLOCKARRAY rows = nullptr;
  JDIMENSION row_blocks = 0;
  JDIMENSION row_count = 0;
  bool zero = false;
};

namespace {

JpegMemory& memory_of(j_common_ptr info) { return *static_cast<JpegMemory*>(info->client_data); }

void* take(j_common_ptr info, size_t bytes) {
  void* memory = memory_of(info).arena.take(bytes);
  if (memory == nullptr) ERREXIT1(info, JERR_OUT_OF_MEMORY, 0);
  return memory;
}

void* alloc_small(j_common_ptr info, int pool, size_t bytes) {
  if (pool != JPOOL_IMAGE) return memory_of(info).original.alloc_small(info, pool, bytes);
  return take(info, bytes);
}

void* alloc_large(j_common_ptr info, int pool, size_t bytes) {
  if (pool != JPOOL_IMAGE) return memory_of(info).original.alloc_large(info, pool, bytes);
  return take(info, bytes);
}

/// Row pointers and rows in one piece. Rows are padded, since libjpeg's vector code writes past their ends.
template <class Element>
Element** take_rows(j_common_ptr info, size_t row_elems, size_t rows) {
  constexpr size_t kRowAlign = 64;
  const size_t row_bytes = (row_elems * sizeof(Element) + kRowAlign - 1) / kRowAlign * kRowAlign;
  auto** pointers = static_cast<Element**>(take(info, rows * sizeof(Element*)));
  auto* bytes = static_cast<std::byte*>(take(info, rows * row_bytes));
  for (size_t row = 0; row < rows; ++row) {
    pointers[row] = reinterpret_cast<Element*>(bytes + row * row_bytes);
  }
  return pointers;
}

JSAMPARRAY alloc_sarray(j_common_ptr info, int pool, JDIMENSION row_samples, JDIMENSION rows) {
  if (pool != JPOOL_IMAGE) return memory_of(info).original.alloc_sarray(info, pool, row_samples, rows);
  return take_rows<JSAMPLE>(info, row_samples, rows);
}

JBLOCKARRAY alloc_barray(j_common_ptr info, int pool, JDIMENSION row_blocks, JDIMENSION rows) {
  if (pool != JPOOL_IMAGE) return memory_of(info).original.alloc_barray(info, pool, row_blocks, rows);
  return take_rows<JBLOCK>(info, row_blocks, rows);
}

jvirt_barray_ptr request_virt_barray(j_common_ptr info, int, boolean zero, JDIMENSION row_blocks,
                                     JDIMENSION rows, JDIMENSION) {
  JpegMemory& memory = memory_of(info);
  auto* array = new (take(info, sizeof(BlockArray))) BlockArray;
  array->next = memory.arrays;
  array->row_blocks = row_blocks;
  array->row_count = rows;
  array->zero = zero != FALSE;
  memory.arrays = array;
  // The struct is opaque to all of libjpeg but its memory manager, which this is.
  return reinterpret_cast<jvirt_barray_ptr>(array);
}

void realize_virt_arrays(j_common_ptr info) {
  JpegMemory& memory = memory_of(info);
  memory.original.realize_virt_arrays(info);
  for (BlockArray* array = memory.arrays; array != nullptr; array = array->next) {
    if (array->rows != nullptr) continue;
    array->rows = take_rows<JBLOCK>(info, array->row_blocks, array->row_count);
    if (!array->zero) continue;
    for (JDIMENSION row = 0; row < array->row_count; ++row) {
      std::memset(array->rows[row], 0, array->row_blocks * sizeof(JBLOCK));
    }
  }
}

JBLOCKARRAY access_virt_barray(j_common_ptr info, jvirt_barray_ptr opaque, JDIMENSION start, JDIMENSION rows,
                               boolean) {
  const auto* array = reinterpret_cast<const BlockArray*>(opaque);
  if (array->rows == nullptr || start > array->row_count || rows > array->row_count - start) {
    ERREXIT(info, JERR_BAD_VIRTUAL_ACCESS);
  }
  return array->rows + start;
}

void free_pool(j_common_ptr info, int pool) {
  JpegMemory& memory = memory_of(info);
  memory.original.free_pool(info, pool);
  if (pool != JPOOL_IMAGE) return;
  memory.arrays = nullptr;
  memory.arena.clear();
}

}  // namespace

void JpegMemory::attach(jpeg_decompress_struct& info) {
  info.client_data = this;
  original = *info.mem;
  info.mem->alloc_small = alloc_small;
  info.mem->alloc_large = alloc_large;
  info.mem->alloc_sarray = alloc_sarray;
  info.mem->alloc_barray = alloc_barray;
  info.mem->request_virt_barray = request_virt_barray;
  info.mem->realize_virt_arrays = realize_virt_arrays;
  info.mem->access_virt_barray = access_virt_barray;
  info.mem->free_pool = free_pool;
}

}  // namespace weft
