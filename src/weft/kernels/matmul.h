#pragma once
// Matrix products, and the packed form of their weight operand.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "weft/tensor/dtype.h"

namespace weft::kernels {

/// out[b, m, n] = sum over k of a[b, m, k] * b[b, k, n], all row-major and dense.
/// Stored: a `[batch, m, k]`, or `[batch, k, m]` when transpose_a; b `[batch, k, n]`, or `[batch, n, k]` when
/// transpose_b; out `[batch, m, n]`. `in` is f32, bf16 or f64; `out` equals `in`, or is f32 where `in` is
/// bf16. bf16 products are summed in f32.
struct GemmShape {
  int64_t batch = 1;
  int64_t m = 0;
  int64_t n = 0;
  int64_t k = 0;
  bool transpose_a = false;
  bool transpose_b = false;
  DType in = DType::f32;
  DType out = DType::f32;
  bool operator==(const GemmShape&) const = default;
};

/// How a packed b lies in memory. Equal keys mean equal bytes: one pack serves every product with that key.
struct PackedLayout {
  int64_t bytes = 0;
  std::string key;
  bool operator==(const PackedLayout&) const = default;
};

/// One matrix product, prepared once and run often. run() allocates nothing; one caller at a time.
class Gemm {
 public:
  struct Body;
  /// With `packed_b`, b is read in packed_layout(), as a Packer of the same shape writes it.
  /// Throws InternalError on an unsupported pair of dtypes or a negative size.
  explicit Gemm(const GemmShape& shape, bool packed_b = false);
  ~Gemm();
  Gemm(Gemm&& other) noexcept;
  Gemm& operator=(Gemm&& other) noexcept;

  const GemmShape& shape() const;
  /// Bytes that run() needs at `scratch`, 64-byte aligned; may be zero.
  int64_t scratch_bytes() const;
  /// Bytes that run() moves beyond each operand once: other forms of operands and sums, written and read
  /// again, and parts of b that are read for each part of a.
  int64_t extra_bytes() const;
  /// Layout of b that this product is fastest with (the layout it reads, with packed_b). A plain layout,
  /// whose key begins with "plain", means that packing gains nothing: bytes are then those of the plain b.
  const PackedLayout& packed_layout() const;
  /// Overwrites out. None of the operands may overlap. k == 0 gives zeros.
  void run(const void* a, const void* b, void* out, std::byte* scratch) const;

  /// For the implementation's own use.
  explicit Gemm(std::unique_ptr<Body> body);

 private:
  std::unique_ptr<Body> body_;
};

/// Writes the packed form of b from its plain form (transposed as the shape says), converting to shape.in.
class Packer {
 public:
  struct Body;
  /// `source` is the dtype of the plain b: shape.in, or f32 where that is bf16.
  Packer(const GemmShape& shape, DType source);
  ~Packer();
  Packer(Packer&& other) noexcept;
  Packer& operator=(Packer&& other) noexcept;

  /// The same as Gemm(shape, true).packed_layout().
  const PackedLayout& layout() const;
  int64_t scratch_bytes() const;
  /// `packed` holds layout().bytes, 64-byte aligned, and must not overlap plain_b.
  void run(const void* plain_b, void* packed, std::byte* scratch) const;

  /// For the implementation's own use.
  explicit Packer(std::unique_ptr<Body> body);

 private:
  std::unique_ptr<Body> body_;
};

/// Of oneDNN, which products come from, as it runs here: "2.6.3".
std::string onednn_version();

/// The definition, slow and in f64: what the tests compare Gemm with.
void naive_gemm(const GemmShape& shape, const void* a, const void* b, void* out);

}  // namespace weft::kernels
