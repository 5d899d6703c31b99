#pragma once
// bf16 on a processor that oneDNN has no bf16 for (x86 without AVX-512): operands are widened to f32 and
// results rounded. Right, and not fast. Internal.
#include "weft/kernels/cpu/matmul_product.h"

namespace weft::kernels {

/// Whether oneDNN computes with bf16 here.
bool onednn_has_bf16();

/// bf16 to f32, and back, by threads.
void widen(const void* from, int64_t elems, std::byte* to);
void narrow(const std::byte* from, int64_t elems, void* to);

/// A product of bf16 by one of f32. b is plain.
class WidenedProduct {
 public:
  explicit WidenedProduct(const GemmShape& shape);
  int64_t scratch_bytes() const { return inner_at_ + product_.scratch_bytes(); }
  int64_t extra_bytes() const { return 2 * inner_at_ + product_.extra_bytes(); }
  void run(const void* a, const void* b, void* out, std::byte* scratch) const;

 private:
  GemmShape shape_;
  OneDnnProduct product_;
  int64_t b_at_ = 0, out_at_ = 0, inner_at_ = 0;
};

}  // namespace weft::kernels
