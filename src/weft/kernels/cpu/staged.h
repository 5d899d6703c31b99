#pragma once
// Staged nodes on the cpu: the steps one after the other on as many rows as stay in cache. Internal.
#include <optional>
#include <span>
#include <vector>

#include "weft/kernels/cpu/staged_forms.h"
#include "weft/kernels/pointwise.h"
#include "weft/ops/staged/staged.h"

namespace weft::kernels {

/// Prepared for one node. Threads divide the blocks of rows; where there are fewer rows than that is worth,
/// each step runs on all rows with all threads.
class StagedKernel {
 public:
  StagedKernel(const Staged& op, std::span<const TensorType> inputs, std::span<const TensorType> outputs,
               PointwiseBodies bodies = PointwiseBodies::hand_written);

  int64_t scratch_bytes() const { return pieces_ * bytes_of_piece_; }
  int64_t rows_at_once() const { return block_; }
  /// Allocates nothing; `scratch` is 64-byte aligned. By one caller at a time.
  void run(const KernelContext& context);

 private:
  /// Where a value lies: in an operand, or in each thread's scratch.
  struct Place {
    enum class Kind : uint8_t { input, output, scratch } kind = Kind::scratch;
    size_t number = 0;  ///< of the input or output
    int64_t offset = 0;
    int64_t row_bytes = 0;  ///< 0: the value has no rows
  };
  struct Step {
    Kernel kernel;
    std::vector<size_t> inputs;   ///< values
    std::vector<size_t> outputs;  ///< likewise
  };
  /// The steps for a number of rows, and the views of each that one thread gives them.
  struct Size {
    int64_t rows = 0;
    std::vector<Step> steps;
  };
  struct Views {
    std::vector<std::vector<View>> inputs;  ///< by step
    std::vector<std::vector<View>> outputs;
  };

  void choose_block(const Staged& op, int64_t row_bytes);
  void place(const Staged& op, const std::vector<StagedValue>& values);
  Size steps_for(const Staged& op, const std::vector<StagedValue>& values, int64_t rows,
                 PointwiseBodies bodies) const;
  Views views_for(const Size& size, const std::vector<StagedValue>& values) const;
  void run_block(std::span<const View> inputs, std::span<const View> outputs, std::byte* scratch,
                 const Size& size, Views& views, int64_t first_row) const;

  std::optional<StagedBody> form_;
  int64_t rows_ = 0;
  int64_t block_ = 1;
  int64_t pieces_ = 1;
  int64_t bytes_of_piece_ = 0;
  int64_t kernel_scratch_ = 0;             ///< where it begins in a piece's scratch
  std::vector<Place> places_;              ///< by value
  std::vector<Size> sizes_;                ///< a whole block; what is left at the end
  std::vector<std::vector<Views>> views_;  ///< by size and thread
};

}  // namespace weft::kernels
