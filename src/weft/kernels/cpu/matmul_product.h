#pragma once
// One non-empty f32 or bf16 product as a sequence of oneDNN calls, by a strategy. Internal.
#include <optional>
#include <vector>

#include "weft/kernels/cpu/matmul_onednn.h"
#include "weft/kernels/cpu/matmul_strategy.h"
#include "weft/kernels/cpu/panels.h"

namespace weft::kernels {

/// b's layout, cut along k.
struct BPiece {
  Range terms;
  dnnl::memory::desc layout;
  int64_t offset = 0;  ///< bytes from the start of the packed b
};

/// What a plain b is called.
PackedLayout plain_b_layout(const GemmShape& shape);

/// The pieces of b in the layouts that oneDNN chooses for this shape, and what to call the whole.
struct BLayout {
  std::vector<BPiece> pieces;
  int64_t bytes = 0;
  PackedLayout packed;
};
BLayout plain_pieces(const GemmShape& shape);
BLayout choose_b_layout(const OneDnn& dnn, const GemmShape& shape, const GemmStrategy& strategy);

/// Plain (stored as the shape says, in `source`) to packed, piece by piece.
class BPacking {
 public:
  BPacking() = default;
  BPacking(const OneDnn& dnn, const GemmShape& shape, DType source, const BLayout& to);
  int64_t scratch_bytes() const { return scratch_bytes_; }
  void run(const OneDnn& dnn, const void* plain, void* packed, std::byte* scratch) const;

 private:
  struct Piece {
    int64_t from = 0, to = 0;      // bytes
    std::optional<Panels> panels;  // what Weft packs itself
    OneDnnReorder reorder;         // for all else
  };
  std::vector<Piece> pieces_;
  PlainMatrix plain_;  // its address is run()'s
  int64_t scratch_bytes_ = 0;
};

class OneDnnProduct {
 public:
  OneDnnProduct(const GemmShape& shape, bool packed_b, const GemmStrategy& strategy);
  int64_t scratch_bytes() const { return scratch_bytes_; }
  int64_t extra_bytes() const { return extra_bytes_; }
  const PackedLayout& packed_layout() const { return packed_; }
  void run(const void* a, const void* b, void* out, std::byte* scratch) const;

 private:
  struct Step {
    std::optional<OneDnnReorder> reorder_a;
    OneDnnCall call;
    int64_t a = 0, b = 0, out = 0;  // bytes from the operands' starts
  };
  Step make_step(const GemmShape& shape, const GemmStrategy& strategy, Range rows, const BPiece& b,
                 bool many_terms);

  OneDnn dnn_;
  PackedLayout packed_;
  std::optional<BPacking> pack_b_;
  std::vector<Step> steps_;
  std::optional<OneDnnReorder> narrow_;  // sums in f32 to a bf16 out
  // Scratch: b's other form, f32 sums, a's other form, then what the primitives need.
  int64_t sums_at_ = 0, a_at_ = 0, inner_at_ = 0;
  int64_t a_bytes_ = 0, inner_bytes_ = 0, scratch_bytes_ = 0;
  int64_t extra_bytes_ = 0;
};

}  // namespace weft::kernels
