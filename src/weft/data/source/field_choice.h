#pragma once
#include <span>
#include <string>
#include <vector>

#include "weft/tensor/region.h"

namespace weft {

/// An array in a file that might become a field.
struct FieldCandidate {
  std::string name;
  Dims shape;                  ///< in the file
  std::string problem;         ///< why it cannot be read ("has strings"); empty: it can
  bool is_coordinate = false;  ///< says where samples or their elements lie: read where it is named, or alone
};

/// Which of a file's arrays are read: those named, in that order, or all that can be, of which those of one
/// number a sample, which are targets, stand last. UserError naming `file`
/// where a named one is missing or cannot be read, where none is left, or, with `first_is_sample`, where
/// their first dimensions differ (how many samples would there be?).
std::vector<size_t> choose_fields(const std::string& file, std::span<const FieldCandidate> candidates,
                                  std::span<const std::string> wanted, bool first_is_sample);

/// A sentence for each array that might have been a field, had it no problem, or were it no single number
/// where the first dimension is the sample, and one for all coordinates; none where fields were named.
std::vector<std::string> remarks_on_choice(const std::string& file,
                                           std::span<const FieldCandidate> candidates,
                                           std::span<const std::string> wanted, bool first_is_sample);

}  // namespace weft
