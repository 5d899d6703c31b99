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

/// A label whose key has no image beside it.
struct StrayLabel {
  std::string path;
  std::string key;
};

struct Shard {
  std::vector<ShardSample> samples;
  LeftOut left_out;  ///< members that are neither image nor label, and keys without an image
  std::vector<StrayLabel> stray_labels;
  /// Sentences: of labels that cannot be read, whose images have none, and of two that say different things.
  std::vector<std::string> odd_labels;
  std::vector<std::string> remarks;  ///< how the archive ends, where that is odd
};

/// All before the first dot of the file's name: "train/0001" of "train/0001.seg.png".
std::string key_of(const std::string& path);

/// Reads headers and labels. UserError naming the archive where it is broken.
Shard read_shard(const ByteReader& file);

}  // namespace weft
