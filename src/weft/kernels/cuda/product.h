#pragma once
#include <memory>

#include "weft/kernels/matmul.h"

namespace weft::cuda {

/// One matrix product by cuBLASLt, prepared once and run often. Sums are in f32, or f64 for f64: never in
/// TF32.
class Product {
 public:
  struct Prepared;
  /// UserError in a build without cuBLASLt, and where the library has no algorithm for the shape.
  explicit Product(const kernels::GemmShape& shape);

  /// Of the GPU's memory, aligned to 64 bytes.
  int64_t scratch_bytes() const;
  /// Overwrites out, and returns when it is there. All are addresses of the GPU's memory, aligned to 64
  /// bytes. k == 0 gives zeros.
  void run(const std::byte* a, const std::byte* b, std::byte* out, std::byte* scratch) const;

 private:
  std::shared_ptr<const Prepared> prepared_;
};

}  // namespace weft::cuda
