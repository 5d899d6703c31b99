#pragma once
#include <string>
#include <vector>

#include "weft/datasets/training_data.h"
#include "weft/train/session/run_identity.h"

namespace weft {

/// What differs between the data of two runs, a phrase for each part: "the contents of the training data (60
/// samples, 1.20 MiB -> 60 samples, 1.31 MiB)". A checkpoint of an earlier version says only which part.
std::vector<std::string> data_differences(const RunIdentity& then, const TrainingData& now);

}  // namespace weft
