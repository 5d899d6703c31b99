#pragma once
#include <string>
#include <vector>

#include "weft/data/source/left_out.h"
#include "weft/data/source/tar_members.h"

namespace weft {

/// One sample of a tar shard: members that lie together and share a key.
struct ShardSample {
  TarMember image;
  std::string label;  ///< a number or a name; empty: none
};

struct Shard {
  std::vector<ShardSample> samples;
  LeftOut left_out;  ///< members that are neither image nor label, and keys without an image
  std::vector<std::string>
      bad_labels;                    ///< a sentence for each label that cannot be read, whose image has none
  std::vector<std::string> remarks;  ///< how the archive ends, where that is odd
};

/// Reads headers and labels. UserError naming the archive where it is broken.
Shard read_shard(const ByteReader& file);

}  // namespace weft
