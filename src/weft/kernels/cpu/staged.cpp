#include "weft/kernels/cpu/staged.h"

#include <algorithm>

#include "weft/base/alignment.h"
#include "weft/base/threads.h"

namespace weft::kernels {

namespace {

/// What a block's values may take: some of L2, beside which the tiles of the steps stay in L1.
constexpr int64_t kBlockBytes = 192 * 1024;
/// Fewer blocks a thread and one of them would wait for another.
constexpr int64_t kBlocksOfPiece = 2;

}  // namespace

StagedKernel::StagedKernel(const Staged& op, std::span<const TensorType> inputs,
                           std::span<const TensorType> outputs, PointwiseBodies bodies)
    : rows_(op.rows()) {
  if (bodies == PointwiseBodies::hand_written) form_ = find_staged_form(op, inputs, outputs);
  if (form_ || rows_ == 0) return;
  const std::vector<StagedValue> values = values_of(op, inputs);
  int64_t row_bytes = 0;
  for (const StagedValue& value : values) {
    if (value.has_rows) row_bytes += value.of_rows(1).bytes();
  }
  choose_block(op, row_bytes);
  place(op, values);
  sizes_.push_back(steps_for(op, values, block_, bodies));
  if (rows_ % block_ != 0) sizes_.push_back(steps_for(op, values, rows_ % block_, bodies));
  int64_t most = 0;
  for (const Size& size : sizes_) {
    for (const Step& step : size.steps) most = std::max(most, step.kernel.scratch_bytes);
    views_.emplace_back();
    for (int64_t piece = 0; piece < pieces_; ++piece) views_.back().push_back(views_for(size, values));
  }
  bytes_of_piece_ = kernel_scratch_ + aligned(most);
}

void StagedKernel::choose_block(const Staged& op, int64_t row_bytes) {
  constexpr double kFlopsOfThread = 65536;
  const int64_t worth =
      std::clamp<int64_t>(static_cast<int64_t>(op.flops({}, {}) / kFlopsOfThread), 1, threads());
  block_ = std::clamp<int64_t>(kBlockBytes / std::max<int64_t>(row_bytes, 1), 1, rows_);
  block_ = std::min(block_, std::max<int64_t>(1, rows_ / (kBlocksOfPiece * worth)));
  pieces_ = rows_ >= kBlocksOfPiece * worth ? worth : 1;
  if (pieces_ < worth) block_ = rows_;
}

void StagedKernel::place(const Staged& op, const std::vector<StagedValue>& values) {
  for (size_t v = 0; v < values.size(); ++v) {
    Place place{.row_bytes = values[v].has_rows ? values[v].of_rows(1).bytes() : 0};
    const auto result = std::find(op.results.begin(), op.results.end(), static_cast<int>(v));
    if (v < static_cast<size_t>(op.operands)) {
      place.kind = Place::Kind::input;
      place.number = v;
    } else if (result != op.results.end()) {
      place.kind = Place::Kind::output;
      place.number = static_cast<size_t>(result - op.results.begin());
    } else {
      place.offset = kernel_scratch_;
      kernel_scratch_ += aligned(place.row_bytes * block_);
    }
    places_.push_back(place);
  }
}

StagedKernel::Size StagedKernel::steps_for(const Staged& op, const std::vector<StagedValue>& values,
                                           int64_t rows, PointwiseBodies bodies) const {
  Size size{.rows = rows, .steps = {}};
  auto next = static_cast<size_t>(op.operands);
  for (const StagedStep& step : op.steps) {
    std::vector<size_t> inputs(step.inputs.begin(), step.inputs.end());
    std::vector<TensorType> input_types, output_types;
    for (const size_t v : inputs) input_types.push_back(values[v].of_rows(rows));
    std::vector<size_t> outputs;
    for (size_t o = 0; o < outputs_of(step.op).size(); ++o, ++next) {
      outputs.push_back(next);
      output_types.push_back(values[next].of_rows(rows));
    }
    Pointwise part = step.op;
    part.space[0] = rows;
    part.region.ranges[0] = {0, rows};
    size.steps.push_back({pointwise_kernel(spec_of(part), input_types, output_types, bodies),
                          std::move(inputs), std::move(outputs)});
  }
  return size;
}

StagedKernel::Views StagedKernel::views_for(const Size& size, const std::vector<StagedValue>& values) const {
  Views views;
  const auto of = [&](const std::vector<size_t>& numbers) {
    std::vector<View> list;
    for (const size_t v : numbers) list.push_back({nullptr, values[v].of_rows(size.rows)});
    return list;
  };
  for (const Step& step : size.steps) {
    views.inputs.push_back(of(step.inputs));
    views.outputs.push_back(of(step.outputs));
  }
  return views;
}

void StagedKernel::run_block(std::span<const View> inputs, std::span<const View> outputs, std::byte* scratch,
                             const Size& size, Views& views, int64_t first_row) const {
  const auto address = [&](size_t v) {
    const Place& place = places_[v];
    switch (place.kind) {
      case Place::Kind::input:
        return inputs[place.number].data + first_row * place.row_bytes;
      case Place::Kind::output:
        return outputs[place.number].data + first_row * place.row_bytes;
      case Place::Kind::scratch:
        break;
    }
    return scratch + place.offset;
  };
  for (size_t s = 0; s < size.steps.size(); ++s) {
    const Step& step = size.steps[s];
    for (size_t i = 0; i < step.inputs.size(); ++i) views.inputs[s][i].data = address(step.inputs[i]);
    for (size_t o = 0; o < step.outputs.size(); ++o) views.outputs[s][o].data = address(step.outputs[o]);
    step.kernel.run({views.inputs[s], views.outputs[s], scratch + kernel_scratch_});
  }
}

void StagedKernel::run(const KernelContext& context) {
  if (form_) return (*form_)(context.inputs, context.outputs);
  if (rows_ == 0) return;
  const int64_t blocks = (rows_ + block_ - 1) / block_;
  parallel_for(pieces_, 1, [&](int64_t first, int64_t last) {
    for (int64_t piece = first; piece < last; ++piece) {
      for (int64_t b = blocks * piece / pieces_; b < blocks * (piece + 1) / pieces_; ++b) {
        const size_t size = (b + 1) * block_ > rows_ ? 1 : 0;
        run_block(context.inputs, context.outputs, context.scratch + piece * bytes_of_piece_, sizes_[size],
                  views_[size][static_cast<size_t>(piece)], b * block_);
      }
    }
  });
}

}  // namespace weft::kernels
