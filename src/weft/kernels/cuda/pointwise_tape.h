#pragma once
// An expression over a box as a tape: instructions that the interpreter carries out at every point.
#include <span>
#include <vector>

#include "weft/kernels/cuda/instruction.h"
#include "weft/kernels/pointwise.h"

namespace weft::cuda {

struct Tape {
  bool wide = false;  ///< lanes of 8 bytes: an operand or a result is f64
  int slots = 0;
  Dims sizes;  ///< of the axes that points run along, the last the fastest
  std::vector<Instruction> instructions;
  std::vector<double> constants;
  std::vector<Place> places;
  std::vector<Draw> draws;

  int64_t lane_bytes() const { return wide ? 8 : 4; }
  int64_t points() const { return elems_of(sizes); }
};

/// All results are written after everything was read. UserError where the expression is too large for the
/// struct of an instruction, or has more operands and results than kMostTensors.
Tape compile_tape(const kernels::PointwiseSpec& spec, std::span<const TensorType> operands,
                  std::span<const TensorType> results);

/// The tables of a tape in one piece of memory, to be copied to wherever it is read.
class TapeImage {
 public:
  explicit TapeImage(const Tape& tape);
  std::span<const std::byte> bytes() const { return bytes_; }
  /// The tape of a copy that lies at `base`, aligned to 64 bytes.
  TapeView at(const std::byte* base) const;

 private:
  template <class T>
  int64_t append(const std::vector<T>& table);

  std::vector<std::byte> bytes_;
  TapeView shape_;  ///< without addresses
  int64_t instructions_ = 0;
  int64_t constants_ = 0;
  int64_t places_ = 0;
  int64_t draws_ = 0;
};

}  // namespace weft::cuda
