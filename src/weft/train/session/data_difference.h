#pragma once
#include <string>
#include <vector>

#include "weft/datasets/training_data.h"
#include "weft/train/session/run_identity.h"

namespace weft {

/// What differs between the data of two runs, a phrase for each part.
struct DataDifferences {
  /// "the contents of the training data (60 samples, 1.20 MiB -> 60 samples, 1.31 MiB)".
  std::vector<std::string> all;
  std::vector<std::string> of_validation;  ///< of these, what is not of the training data alone
};

/// A checkpoint of an earlier version says only which part differs.
DataDifferences data_differences(const RunIdentity& then, const TrainingData& now);

}  // namespace weft
