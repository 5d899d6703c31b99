#pragma once
#include <memory>
#include <string>
#include <vector>

#include "weft/data/source/source.h"

namespace weft {

/// Some samples of a source, in this order, as a source of their own.
std::shared_ptr<const Source> subset(std::shared_ptr<const Source> source, std::vector<int64_t> samples);

struct HeldOut {
  std::shared_ptr<const Source> training;
  std::shared_ptr<const Source> held_out;
  std::vector<int64_t> training_samples;  ///< their numbers in the whole source
  std::vector<std::string> remarks;       ///< where they are from, for people
};

/// Holds out that fraction of the samples, chosen at random by the seed alone; at least one sample is on each
/// side. UserError where the source has too few.
HeldOut hold_out(const std::shared_ptr<const Source>& source, double fraction, uint64_t seed);

}  // namespace weft
