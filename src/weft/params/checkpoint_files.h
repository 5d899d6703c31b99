#pragma once
// Checkpoints on disk. One is a folder `step-0000001234` with a safetensors file a rank
// (`rank-00000-of-00004.safetensors`) and `index.json`, which says where every region of every tensor lies.
// It is written beside under the name `step-0000001234.tmp` and renamed once all is on disk, so what carries
// the final name is complete. Regions make it loadable by any number of ranks.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/base/pace.h"
#include "weft/store/safetensors.h"
#include "weft/tensor/view.h"

namespace weft {

/// What one rank hands in: the box `region` of a tensor of `global_shape`; `view` has the region's shape and
/// must stay valid during the call. Of a replicated tensor one rank suffices; parts may overlap and may be
/// empty.
struct TensorShard {
  std::string name;
  DType dtype = DType::f32;
  Dims global_shape;
  Region region;
  View view;
};

/// Where one region of a tensor lies: tensor `key` of a shard file.
struct StoredPart {
  std::string name;
  TensorType global;
  Region region;
  std::string key;
};

/// What a rank has written. Travels as text, so that rank 0 can gather it over a communicator.
struct ShardSummary {
  /// Name within the checkpoint's folder.
  std::string file;
  int64_t bytes = 0;
  /// xxHash64 (seed 0) of the file.
  uint64_t checksum = 0;
  std::vector<StoredPart> parts;

  std::string to_text() const;
  /// UserError where the text is not one of to_text().
  static ShardSummary from_text(const std::string& text);
};

/// parent/step-0000001234.tmp: where all ranks write the checkpoint of this step.
std::filesystem::path temporary_checkpoint(const std::filesystem::path& parent, int64_t step);
/// parent/step-0000001234
std::filesystem::path checkpoint_folder(const std::filesystem::path& parent, int64_t step);

/// rank-00000-of-00004.safetensors
std::string shard_name(int rank, int ranks);

/// Writes and fsyncs this rank's file into `folder` (made where absent). On failure (a full disk among
/// others) the file is removed, with the folder where that is empty, earlier checkpoints stay, and the
/// UserError names the path and the free space; the caller must then see to it that no rank goes on to
/// commit. `pace`, if there is one, is kept to.
ShardSummary write_shard(const std::filesystem::path& folder, int rank, int ranks,
                         std::span<const TensorShard> tensors, Pace* pace = nullptr);

/// Reads back what write_shard() has written, from the disk as far as the system allows. UserError where the
/// file's length or checksum is another one, or it cannot be read. `pace`, if there is one, is kept to.
void check_shard(const std::filesystem::path& folder, const ShardSummary& shard, Pace* pace = nullptr);

/// One rank, after all have written and handed in their summaries: writes index.json, syncs, renames, syncs.
/// Of an existing checkpoint of the same step the new one takes the place. `extra_json` is a JSON object kept
/// as it is. On failure the folder is removed, and the UserError is as that of write_shard(). Returns the
/// checkpoint's folder.
std::filesystem::path commit_checkpoint(const std::filesystem::path& parent, int64_t step,
                                        std::span<const ShardSummary> summaries,
                                        const std::string& extra_json);

/// The step of a folder's name, "step-0000001234"; nothing for other names.
std::optional<int64_t> step_of(std::string_view name);

struct CheckpointName {
  int64_t step = 0;
  std::filesystem::path path;
};
/// Complete checkpoints, newest first; none where the folder does not exist.
std::vector<CheckpointName> list_checkpoints(const std::filesystem::path& parent);

/// Removes all but the newest `keep` (>= 1) checkpoints and the best (best_checkpoint.h), and unfinished ones
/// no newer than the newest.
void prune_checkpoints(const std::filesystem::path& parent, int64_t keep);

/// How much of a checkpoint is checked at opening: everything, or all but the checksums (no tensor is read).
enum class Verify : uint8_t { full, sizes };

/// Removes what writers that did not finish left there. Nobody may be writing.
void remove_unfinished_checkpoints(const std::filesystem::path& parent);

/// A checkpoint open for reading; its files stay mapped.
class CheckpointReader {
 public:
  /// UserError of one sentence where a file is missing, has another size or checksum than the index says, or
  /// does not hold what the index promises. Verify::full reads every byte.
  explicit CheckpointReader(const std::filesystem::path& folder, Verify verify = Verify::full);

  const std::filesystem::path& folder() const { return folder_; }
  int64_t step() const { return step_; }
  /// The JSON object given at commit.
  const std::string& extra_json() const { return extra_json_; }
  /// Global types by name.
  const std::map<std::string, TensorType>& tensors() const { return types_; }

  /// Copies `region` of tensor `name` into `out`, whose shape is the region's; from as many shards as it
  /// takes. UserError where the tensor is unknown, has another dtype, does not contain the region or lacks
  /// part of it.
  void read_region(const std::string& name, const Region& region, const View& out) const;

 private:
  struct Source {
    Region region;
    View view;
  };
  void open_shard(const ShardSummary& shard, Verify verify);

  std::filesystem::path folder_;
  int64_t step_ = 0;
  std::string extra_json_;
  std::vector<std::unique_ptr<SafetensorsFile>> files_;
  std::map<std::string, TensorType> types_;
  std::map<std::string, std::vector<Source>> sources_;
};

/// The newest checkpoint that verifies in full, open. Each newer one that does not is reported through
/// `warn`, one sentence each. Nothing where there is no checkpoint at all; UserError where there are some and
/// none is good.
std::optional<CheckpointReader> open_newest_good(const std::filesystem::path& parent,
                                                 const std::function<void(const std::string&)>& warn);

}  // namespace weft
