#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "weft/data/place/usage.h"

namespace weft {

/// Deals the reading of the source in `epoch` out evenly. There the home of a sample reads it from the
/// source, for whoever asks first; ranks meet at each step, so that one whose homes happen to be more, or
/// larger, than others' holds all of them up. Of samples that two ranks read equally often either may be
/// the home at the same number of messages: in the order of the epoch's steps, each goes from `best_rank` to
/// `tied_rank` (which are exchanged) where that brings the bytes that the two have read until then closer.
/// All others stay, and so does every tie where reading is even already: the first reader need not be sent
/// what it reads for itself.
///
/// `record_bytes`: of each sample; one element: of all. Time O(samples), memory O(batch + ranks) besides.
/// Nothing happens with samplers that repeat samples.
void balance_first_reads(const AccessStream& stream, int64_t epoch, std::span<const int64_t> record_bytes,
                         std::vector<Usage>& usage);

}  // namespace weft
