#pragma once
// The packed form of a weight that oneDNN's kernels of AVX-512 and AMX ask for, written at the rate of
// memory. Internal.
#include <optional>

#include "weft/kernels/cpu/matmul_onednn.h"

namespace weft::kernels {

/// A matrix [k, n] as panels of `width` columns, one behind the other. In a panel the rows follow each other,
/// `group` of them interleaved: [padded_n / width][padded_k / group][width][group]. f32 with group 1 or bf16
/// with group 2, so that `group` elements are always one word of 32 bits.
struct Panels {
  int64_t k = 0, n = 0;
  int64_t padded_k = 0, padded_n = 0;
  int64_t width = 0;
  int64_t group = 1;
};

/// The most columns of a panel.
constexpr int64_t kMostPanelWidth = 64;

/// `layout` as panels, where it is such a layout.
std::optional<Panels> panels_of(const dnnl::memory::desc& layout);

/// A plain f32 matrix [k, n]: element (k, n) is at k * stride + n, or at n * stride + k where transposed.
struct PlainMatrix {
  const float* data = nullptr;
  int64_t stride = 0;
  bool transposed = false;
};

/// Overwrites `packed`, 64-byte aligned, padding included. Rounds to nearest even where group is 2.
void pack_panels(const PlainMatrix& from, const Panels& to, void* packed);

}  // namespace weft::kernels
