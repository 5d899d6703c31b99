#include "weft/kernels/cpu/pointwise_tiles.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/expression/compose.h"
#include "weft/ops/pointwise/pointwise_positions.h"
#include "weft/tensor/bits.h"

namespace weft::kernels {

namespace {

/// All tiles together stay in L1, which is 32 KiB at least.
constexpr int64_t kTilesBytes = 24 * 1024;
constexpr int64_t kMostTileElems = 2048;
constexpr int64_t kLeastTileElems = 128;
/// Rows at least so long have tiles of their own; shorter ones share tiles.
constexpr int64_t kLongRow = 256;
/// A block holds what is the same at all points of a tile, as often as any target's vector has lanes.
constexpr int64_t kBlockBytes = 256;

/// What a read gives for a tile.
struct Located {
  const void* data = nullptr;
  int64_t mask = -1;
  int64_t first = -1;  ///< element that a block, or the column that a periodic tile, was made for
  int64_t filled = 0;  ///< elements of a periodic tile
};

template <class T>
void fill_block(double value, std::byte* block) {
  std::fill_n(reinterpret_cast<T*>(block), kBlockBytes / static_cast<int64_t>(sizeof(T)),
              static_cast<T>(value));
}

std::vector<ScalarNode> nodes_of(const std::vector<TapePosition>& positions) {
  std::vector<ScalarNode> nodes;
  for (const TapePosition& position : positions) nodes.push_back(position.node);
  return nodes;
}

uint64_t integer_in(const View& view) {
  if (view.type.dtype == DType::bit) return load_bit(view.data, 0) ? 1 : 0;
  return static_cast<uint64_t>(view.type.dtype == DType::i64   ? *view.as<int64_t>()
                               : view.type.dtype == DType::i32 ? *view.as<int32_t>()
                                                               : *view.as<uint8_t>());
}

}  // namespace

/// One thread's run.
class TileWorker {
 public:
  TileWorker(const TileRunner& runner, std::span<const View> operands, std::span<const View> outputs,
             std::byte* scratch, std::span<const FoldStates> states)
      : r_(runner), operands_(operands), outputs_(outputs), tiles_(scratch), states_(states) {
    blocks_ = tiles_ + r_.tape_.tiles * r_.tile_bytes();
    const auto blocks = static_cast<int64_t>(r_.tape_.constants.size() + r_.reads_.size());
    located_ = reinterpret_cast<Located*>(blocks_ + blocks * kBlockBytes);
    fill_constants();
    for (size_t i = 0; i < r_.reads_.size(); ++i) {
      located_[i] = Located{};
      if (r_.reads_[i].everywhere) locate_block(i, r_.reads_[i].at.offset);
    }
  }

  void run(int64_t begin, int64_t end) {
    const int64_t inner = r_.layout_.sizes.back();
    for (int64_t at = begin; at < end;) {
      int64_t count = std::min(end - at, r_.tile_elems_);
      if (r_.long_rows_) count = std::min(count, inner - at % inner);
      run_tile(at, count);
      at += count;
    }
  }

 private:
  std::byte* tile(int at) const { return tiles_ + at * r_.tile_bytes(); }
  std::byte* block(size_t at) const { return blocks_ + static_cast<int64_t>(at) * kBlockBytes; }
  std::byte* block_of_read(size_t i) const { return block(r_.tape_.constants.size() + i); }

  void fill_constants() const {
    for (size_t c = 0; c < r_.tape_.constants.size(); ++c) {
      const auto [value, type] = r_.tape_.constants[c];
      if (type == ScalarType::real) {
        r_.tape_.wide ? fill_block<double>(value, block(c)) : fill_block<float>(value, block(c));
      } else {
        r_.tape_.wide ? fill_block<int64_t>(value, block(c)) : fill_block<int32_t>(value, block(c));
      }
    }
  }

  void read_run(const TileRunner::Read& read, const TileRun& run, std::byte* to) const {
    read.reader(operands_[static_cast<size_t>(read.operand)].data, run, to);
  }

  void run_tile(int64_t at, int64_t count) {
    const bool aligned = count % r_.lanes_ == 0;
    for (size_t i = 0; i < r_.reads_.size(); ++i) {
      if (!r_.reads_[i].everywhere) locate(i, at, count, aligned);
    }
    for (size_t p = 0; p < r_.tape_.positions.size(); ++p) fill_positions(p, at, count);
    run_steps(at, count, aligned);
  }

  void locate_block(size_t i, int64_t first) {
    Located& located = located_[i];
    if (located.first != first) {
      const TileRunner::Read& read = r_.reads_[i];
      read_run(read, {first, 0, kBlockBytes / r_.lane_bytes()}, block_of_read(i));
    }
    located = {block_of_read(i), 0, first, 0};
  }

  void locate_run(size_t i, int64_t first, int64_t count, bool aligned) {
    const TileRunner::Read& read = r_.reads_[i];
    if (read.in_place && aligned) {
      const std::byte* tensor = operands_[static_cast<size_t>(read.operand)].data;
      located_[i] = {tensor + first * r_.lane_bytes(), -1, -1, 0};
    } else {
      read_run(read, {first, 1, count}, tile(read.tile));
      located_[i] = {tile(read.tile), -1, -1, 0};
    }
  }

  void locate(size_t i, int64_t at, int64_t count, bool aligned) {
    const TileRunner::Read& read = r_.reads_[i];
    if (read.dense) return locate_run(i, at, count, aligned);
    if (read.periodic) return locate_periodic(i, at % r_.layout_.sizes.back(), count);
    const int64_t stride = read.at.strides.back();
    if (r_.long_rows_ && (stride == 0 || stride == 1)) {
      return for_runs(r_.layout_.sizes, read.at, at, count, [&](int64_t, int64_t run, int64_t first) {
        stride == 0 ? locate_block(i, first) : locate_run(i, first, run, aligned);
      });
    }
    for_runs(r_.layout_.sizes, read.at, at, count, [&](int64_t done, int64_t run, int64_t first) {
      read_run(read, {first, stride, run}, tile(read.tile) + done * r_.lane_bytes());
    });
    located_[i] = {tile(read.tile), -1, -1, 0};
  }

  /// A short row, again and again. The tile before often began at the same column.
  void locate_periodic(size_t i, int64_t column, int64_t count) {
    const TileRunner::Read& read = r_.reads_[i];
    Located& located = located_[i];
    if (located.first == column && located.filled >= count) return;
    const int64_t inner = r_.layout_.sizes.back();
    const int64_t stride = read.at.strides.back();
    std::byte* to = tile(read.tile);
    const int64_t head = std::min(count, inner - column);
    read_run(read, {column * stride, stride, head}, to);
    if (count > head) {
      read_run(read, {0, stride, std::min(count - head, column)}, to + head * r_.lane_bytes());
    }
    for (int64_t filled = inner; filled < count;) {
      const int64_t more = std::min(filled, count - filled);
      std::memcpy(to + filled * r_.lane_bytes(), to, static_cast<size_t>(more * r_.lane_bytes()));
      filled += more;
    }
    located = {to, -1, column, count};
  }

  void fill_positions(size_t p, int64_t at, int64_t count) const {
    const TapePosition& position = r_.tape_.positions[p];
    const Affine& affine = r_.layout_.positions[p];
    const int64_t stride = affine.strides.back();
    for_runs(r_.layout_.sizes, affine, at, count, [&](int64_t done, int64_t run, int64_t first) {
      std::byte* to = tile(position.tile) + done * r_.lane_bytes();
      if (position.node.kind == ScalarNode::Kind::random) {
        const View& step = operands_[static_cast<size_t>(position.step_operand)];
        const RandomStream stream{position.node.seed, position.node.stream, integer_in(step)};
        fill_random(stream, static_cast<uint64_t>(first), stride, run, r_.tape_.wide, to);
      } else if (r_.tape_.wide) {
        for (int64_t j = 0; j < run; ++j) reinterpret_cast<int64_t*>(to)[j] = first + j * stride;
      } else {
        for (int64_t j = 0; j < run; ++j) {
          reinterpret_cast<int32_t*>(to)[j] = static_cast<int32_t>(first + j * stride);
        }
      }
    });
  }

  Located source(const TapeSource& from) const {
    switch (from.kind) {
      case TapeSource::Kind::tile:
        return {tile(from.at), -1, -1, 0};
      case TapeSource::Kind::read:
        return located_[from.at];
      case TapeSource::Kind::constant:
        return {block(static_cast<size_t>(from.at)), 0, -1, 0};
    }
    return {};
  }

  void run_steps(int64_t at, int64_t count, bool aligned) const {
    std::byte* over =
        aligned && r_.tape_.last_in_place != nullptr ? whole_run(r_.writes_[0], at, count) : nullptr;
    for (size_t s = 0; s < r_.tape_.steps.size(); ++s) {
      const TapeStep& step = r_.tape_.steps[s];
      TileStep now;
      for (int i = 0; i < step.arity; ++i) {
        const Located found = source(step.sources[i]);
        now.sources[i] = found.data;
        now.masks[i] = found.mask;
      }
      const bool last = over != nullptr && s + 1 == r_.tape_.steps.size();
      now.out = last ? over : tile(step.tile);
      now.count = count;
      now.function = step.function;
      (last ? r_.tape_.last_in_place : step.loop)(now);
    }
    if (over != nullptr) return;
    // Folds first: a result may be written over an operand that a fold reads in place.
    for (size_t f = 0; f < r_.folds_.size(); ++f) fold(f, at, count);
    for (const TileRunner::Write& to : r_.writes_) write(to, at, count);
  }

  std::byte* tensor(const TileRunner::Write& to) const { return outputs_[to.output].data; }

  /// Where the tile lies in a result if it lies in one piece, else null. Of result 0.
  std::byte* whole_run(const TileRunner::Write& write, int64_t at, int64_t count) const {
    if (write.dense) return tensor(write) + at * write.elem_bytes;
    if (!r_.long_rows_ || write.at.strides.back() != 1) return nullptr;
    std::byte* found = nullptr;
    for_runs(r_.layout_.sizes, write.at, at, count,
             [&](int64_t, int64_t, int64_t first) { found = tensor(write) + first * write.elem_bytes; });
    return found;
  }

  void write(const TileRunner::Write& to, int64_t at, int64_t count) const {
    const Located from = source(to.from);
    const auto* data = static_cast<const std::byte*>(from.data);
    const auto put = [&](int64_t done, int64_t run, int64_t first, int64_t stride) {
      if (from.mask != 0) return to.writer(data + done * r_.lane_bytes(), tensor(to), {first, stride, run});
      const int64_t of_block = kBlockBytes / r_.lane_bytes();
      for (int64_t j = 0; j < run; j += of_block) {
        to.writer(data, tensor(to), {first + j * stride, stride, std::min(of_block, run - j)});
      }
    };
    if (to.dense) return put(0, count, at, 1);
    for_runs(r_.layout_.sizes, to.at, at, count,
             [&](int64_t done, int64_t run, int64_t first) { put(done, run, first, to.at.strides.back()); });
  }

  void fold(size_t f, int64_t at, int64_t count) const {
    const TileFold& fold = r_.folds_[f];
    const FoldStates& states = states_[f];
    const Located from = source(fold.from);
    const Located position = fold.position ? source(*fold.position) : Located{};
    const int64_t stride = fold.at.strides.back();
    const int64_t of_block = kBlockBytes / r_.lane_bytes();
    for_runs(r_.layout_.sizes, fold.at, at, count, [&](int64_t done, int64_t run, int64_t first) {
      // Of a block only so many elements are there.
      const bool block = (from.mask & position.mask) == 0;
      for (int64_t j = 0; j < run; j += of_block) {
        const int64_t n = block ? std::min(of_block, run - j) : run;
        FoldStep step{fold.rule, lanes_at(from, done + j), lanes_at(position, done + j), n, {}};
        double* state = states.data + (first + j * stride - states.first);
        for (size_t s = 0; s < fold.rule->states; ++s) {
          step.state[s] = state + static_cast<int64_t>(s) * states.count;
        }
        (stride == 0 ? fold.loops.into_one : fold.loops.side_by_side)(step);
        if (!block) break;
      }
    });
  }

  const std::byte* lanes_at(const Located& from, int64_t i) const {
    const auto* data = static_cast<const std::byte*>(from.data);
    return from.mask == 0 || data == nullptr ? data : data + i * r_.lane_bytes();
  }

  const TileRunner& r_;
  std::span<const View> operands_;
  std::span<const View> outputs_;
  std::byte* tiles_;
  std::byte* blocks_;
  Located* located_;
  std::span<const FoldStates> states_;
};

namespace {

/// The expression with the positions of those results behind it whose rules read them.
Expression with_positions(const PointwiseSpec& spec) {
  ExpressionBuilder made;
  std::vector<Scalar> results = splice(made, spec.expression);
  for (size_t r = 0; r < spec.rules.size(); ++r) {
    if (spec.rules[r] == nullptr || !spec.rules[r]->reads_position) continue;
    const std::vector<int> reduced = axes_without(spec.space.size(), spec.result_axes[r]);
    results.push_back(position_along(made, spec.space, reduced));
  }
  return made.build(results);
}

bool reads_positions(const PointwiseSpec& spec) {
  return std::any_of(spec.rules.begin(), spec.rules.end(),
                     [](const Reduction* rule) { return rule != nullptr && rule->reads_position; });
}

}  // namespace

TileRunner::TileRunner(const PointwiseSpec& spec, std::span<const TensorType> operands,
                       std::span<const TensorType> outputs)
    : tape_(compile_tape(reads_positions(spec) ? with_positions(spec) : spec.expression, operands, outputs)),
      layout_(layout_points(spec, nodes_of(tape_.positions))),
      long_rows_(layout_.sizes.size() == 1 || layout_.sizes.back() >= kLongRow),
      lanes_(tile_lanes(tape_.wide)) {
  WEFT_CHECK(lanes_ * lane_bytes() <= kBlockBytes, "vectors of {} bytes", lanes_ * lane_bytes());
  add_reads(operands);
  add_results(spec, outputs);
  choose_tile();
  const auto blocks = static_cast<int64_t>(tape_.constants.size() + reads_.size());
  const auto located = static_cast<int64_t>(reads_.size() * sizeof(Located));
  scratch_bytes_ = tape_.tiles * tile_bytes() + blocks * kBlockBytes + aligned(located);
}

void TileRunner::add_reads(std::span<const TensorType> operands) {
  for (size_t i = 0; i < tape_.reads.size(); ++i) {
    const TapeRead& from = tape_.reads[i];
    const DType dtype = operands[static_cast<size_t>(from.operand)].dtype;
    Read read{layout_.operands[static_cast<size_t>(from.operand)]};
    read.reader = find_tile_reader(dtype, from.type, tape_.wide);
    read.operand = from.operand;
    read.tile = from.tile;
    read.everywhere = read.at.is_constant();
    read.dense = layout_.is_dense(read.at);
    const bool lanes = from.type == ScalarType::real ? dtype == (tape_.wide ? DType::f64 : DType::f32)
                                                     : dtype == (tape_.wide ? DType::i64 : DType::i32);
    // Beside other results, one of them may be written over it first.
    const bool is_result =
        std::any_of(tape_.results.begin(), tape_.results.end(), [&](const TapeSource& source) {
          return source.kind == TapeSource::Kind::read && source.at == static_cast<int>(i);
        });
    read.in_place = lanes && from.type != ScalarType::boolean && (!is_result || tape_.results.size() == 1);
    const auto outer = read.at.strides.end() - 1;
    read.periodic =
        !long_rows_ && std::all_of(read.at.strides.begin(), outer, [](int64_t s) { return s == 0; });
    reads_.push_back(std::move(read));
  }
}

void TileRunner::add_results(const PointwiseSpec& spec, std::span<const TensorType> outputs) {
  size_t positions = spec.rules.size();
  size_t output = 0;
  for (size_t r = 0; r < spec.rules.size(); output += components_of(spec.rules[r++])) {
    if (const Reduction* rule = spec.rules[r]) {
      const ScalarType type = spec.expression.result(r).type;
      TileFold fold{rule, r, output, {0, {}}, tape_.results[r], {}, find_fold_loops(*rule, type, tape_.wide)};
      if (rule->reads_position) fold.position = tape_.results[positions++];
      fold.at.strides.resize(layout_.sizes.size());
      int64_t states = 1;
      for (size_t a = layout_.sizes.size(); a-- > 0;) {
        if (layout_.results[r].strides[a] == 0) continue;
        fold.at.strides[a] = states;
        states *= layout_.sizes[a];
      }
      folds_.push_back(std::move(fold));
      continue;
    }
    Write write{layout_.results[r]};
    write.writer = find_tile_writer(outputs[output].dtype, tape_.wide);
    write.from = tape_.results[r];
    write.output = output;
    write.dense = layout_.is_dense(write.at);
    const bool packed = outputs[output].dtype == DType::bit;
    write.elem_bytes = packed ? 0 : bytes_of(outputs[output].dtype);
    writes_bits_ = writes_bits_ || packed;
    threads_share_bytes_ = threads_share_bytes_ || (packed && !write.dense);
    writes_.push_back(std::move(write));
  }
  if (!folds_.empty()) tape_.last_in_place = nullptr;
}

void TileRunner::choose_tile() {
  const int64_t fitting = kTilesBytes / (std::max(tape_.tiles, 1) * lane_bytes());
  tile_elems_ = std::clamp(fitting, kLeastTileElems, kMostTileElems) / 64 * 64;
  // Whole short rows, where that many fit, so that periodic operands begin at one column.
  const int64_t rows = std::lcm(layout_.sizes.back(), int64_t{64});
  if (!long_rows_ && rows <= tile_elems_) tile_elems_ -= tile_elems_ % rows;
}

void TileRunner::run(std::span<const View> operands, std::span<const View> outputs, std::byte* scratch,
                     std::span<const FoldStates> states, int64_t begin, int64_t end) const {
  TileWorker(*this, operands, outputs, scratch, states).run(begin, end);
}

}  // namespace weft::kernels
