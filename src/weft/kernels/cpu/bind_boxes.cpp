#include <algorithm>
#include <cstring>

#include "weft/base/threads.h"
#include "weft/graph/device.h"
#include "weft/ops/shape/concat.h"
#include "weft/ops/shape/pad.h"
#include "weft/ops/shape/slice.h"
#include "weft/tensor/box_copy.h"

namespace weft::cpu {

namespace {

/// Bytes below which another thread costs more than it saves.
constexpr int64_t kLeastBytes = 65536;
/// Enough for the threads of any machine to be busy alike.
constexpr int64_t kMostPieces = 64;

/// Cuts a box into about `pieces`, along its first dimensions.
void cut(const Region& box, size_t d, int64_t pieces, std::vector<Region>& cuts) {
  if (d == box.ranges.size() || pieces <= 1) {
    cuts.push_back(box);
    return;
  }
  const Range whole = box.ranges[d];
  const int64_t parts = std::min(pieces, whole.size());
  for (int64_t part = 0; part < parts; ++part) {
    Region piece = box;
    const Range range = split_range(whole.size(), parts, part);
    piece.ranges[d] = {whole.begin + range.begin, whole.begin + range.end};
    cut(piece, d + 1, pieces / parts, cuts);
  }
}

/// Boxes that are copied from operands to the result: by several threads, but for bits, of which two boxes
/// may have some in one byte.
class Moves {
 public:
  explicit Moves(DType dtype) : dtype_(dtype) {}

  /// Of operand i, which holds the box `source`, to the result, which holds `target`.
  void add(size_t operand, const Region& source, const Region& target, const Region& box) {
    std::vector<Region> cuts;
    const int64_t pieces = std::min(bytes_of(dtype_, box.elems()) / kLeastBytes, kMostPieces);
    cut(box, 0, dtype_ == DType::bit ? 1 : pieces, cuts);
    for (const Region& piece : cuts) moves_.push_back({operand, BoxCopy(source, target, piece, dtype_)});
    bytes_ += bytes_of(dtype_, box.elems());
  }

  void run(const KernelContext& context) const {
    const auto count = std::ssize(moves_);
    const int64_t few = 1 + kLeastBytes * count / (1 + bytes_);
    parallel_for(count, dtype_ == DType::bit ? count : few, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Move& move = moves_[static_cast<size_t>(i)];
        move.copy.run(context.inputs[move.operand].data, context.outputs[0].data);
      }
    });
  }

 private:
  struct Move {
    size_t operand;
    BoxCopy copy;
  };
  DType dtype_;
  std::vector<Move> moves_;
  int64_t bytes_ = 0;  ///< of all of them
};

Kernel bind_slice(const Slice& op, const BindRequest& request) {
  Moves moves(request.inputs[0].dtype);
  moves.add(0, Region::all(request.inputs[0].shape), op.box, op.box);
  return {[moves](const KernelContext& context) { moves.run(context); }};
}

Kernel bind_pad(const Pad& op, const BindRequest& request) {
  Moves moves(request.inputs[0].dtype);
  const Region inner = op.inner(request.inputs[0].shape);
  moves.add(0, inner, Region::all(request.outputs[0].shape), inner);
  return {[moves](const KernelContext& context) {
    const View& out = context.outputs[0];
    parallel_for(out.bytes(), kLeastBytes, [&](int64_t begin, int64_t end) {
      std::memset(out.data + begin, 0, static_cast<size_t>(end - begin));
    });
    moves.run(context);
  }};
}

Kernel bind_concat(const Concat& op, const BindRequest& request) {
  Moves moves(request.outputs[0].dtype);
  const std::vector<Region> boxes = op.boxes(request.inputs);
  const Region all = Region::all(request.outputs[0].shape);
  for (size_t i = 0; i < boxes.size(); ++i) moves.add(i, boxes[i], all, boxes[i]);
  return {[moves](const KernelContext& context) { moves.run(context); }};
}

}  // namespace

void register_bind_boxes(Device& device) {
  device.add<Slice>(bind_slice);
  device.add<Pad>(bind_pad);
  device.add<Concat>(bind_concat);
}

}  // namespace weft::cpu
