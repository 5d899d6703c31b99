#pragma once
// What a tensor of a batch may hold, looked at once, where it enters the step: ids that the network has, and
// numbers that are numbers.
#include <optional>
#include <span>
#include <string>

#include "weft/datasets/data_facts.h"
#include "weft/tensor/view.h"

namespace weft {

/// An element that may not be in a batch.
struct BadElement {
  int64_t row = 0;   ///< of the view
  std::string what;  ///< "field y is 12, expected a class id from 0 to 9"
};

enum class BatchPart : uint8_t { input, target };

/// Looks at all of `values`: a box [rows, ...] of a tensor of the batch, in which row r is a sample where
/// there[r] is not 0. Ids that are ignored become -1; rows whose numbers are missing become rows that are not
/// there, or lose these numbers, as the tensor's rules say. What is in the way of that is returned, the first
/// element by element.
std::optional<BadElement> apply_rules(const SampleTensor& tensor, BatchPart part, const View& values,
                                      std::span<uint8_t> there);

/// Whether no element is a number (of a box of numbers).
bool is_all_missing(const View& values);

/// Makes row `row` of the box `values` one without a sample.
void empty_row(const SampleTensor& tensor, BatchPart part, const View& values, int64_t row);

}  // namespace weft
