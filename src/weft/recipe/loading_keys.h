#pragma once
// Keys of [data] about how samples are streamed from files.
#include <string>
#include <vector>

#include "weft/base/byte_size.h"
#include "weft/data/load/bad_samples.h"
#include "weft/data/stream/access_stream.h"
#include "weft/recipe/complaint.h"
#include "weft/recipe/keys.h"

namespace weft {

struct Recipe;

/// How often training samples come.
enum class SamplerKind : uint8_t { uniform, class_balanced, weighted };

template <>
struct EnumNames<SamplerKind> {
  static constexpr std::string_view kNames[] = {"uniform", "class_balanced", "weighted"};
};

/// A directory that may hold copies of records.
struct CacheDirectory {
  std::string path;
  ByteSize size;
  bool operator==(const CacheDirectory&) const = default;
};

/// Another data set that is mixed in: `share` of its samples for each one of data.path.
struct MixedSet {
  std::string path;
  double share = 1;
  bool operator==(const MixedSet&) const = default;
};

template <>
struct Conversion<ByteSize> {
  static constexpr bool kIsText = true;
  static std::string expected() { return "a size such as \"8GiB\", or \"\""; }
  static std::optional<ByteSize> from(const RecipeValue& value);
  static std::string why_not(const RecipeValue& value);
  static RecipeValue to(const ByteSize& size) { return {size.text()}; }
};

template <>
struct Conversion<std::vector<CacheDirectory>> {
  static std::string expected() { return "a list of {path = \"...\", size = \"...\"}"; }
  static std::optional<std::vector<CacheDirectory>> from(const RecipeValue& value);
  static std::string why_not(const RecipeValue& value);
  static RecipeValue to(const std::vector<CacheDirectory>& directories);
};

template <>
struct Conversion<std::vector<MixedSet>> {
  static std::string expected() { return "a list of {path = \"...\", share = NUMBER in (0, 1000]}"; }
  static std::optional<std::vector<MixedSet>> from(const RecipeValue& value);
  static RecipeValue to(const std::vector<MixedSet>& sets);
};

struct LoadingKeys {
  SamplerKind sampler = SamplerKind::uniform;
  std::string weights;  ///< of weighted: a file with one number a sample
  std::vector<MixedSet> mix;
  LastBatch last_batch = LastBatch::drop;
  ByteSize memory;  ///< for copies of records; empty: a quarter of what is free, at most the data
  std::vector<CacheDirectory> cache;
  ByteSize network_budget;  ///< a second to peers; empty: no limit
  int64_t workers = 0;      ///< 0: one for each two cores of the rank
  int64_t lookahead = 32;   ///< steps
  std::string checksums;    ///< index of `weft data inspect --index`; "": none
  std::string machine;      ///< file of `weft probe --out`; "": none
  OnBadSample on_bad = OnBadSample::fail;
  int64_t bad_limit = 100;
  bool operator==(const LoadingKeys&) const = default;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("sampler", self.sampler,
        "how often training samples come: each once an epoch, each class equally often (images), or by "
        "`weights`");
    key("weights", self.weights,
        "with `sampler = \"weighted\"`: a file with one number a line for each training sample, in the "
        "order of `weft data inspect PATH --list`");
    key("mix", self.mix,
        "more data sets to train on, mixed in at random: `share` of each one's samples come for each of "
        "`path`, such as [{path = \"more\", share = 0.5}]");
    key("last_batch", self.last_batch,
        "what becomes of samples that fill no batch at the end of an epoch: they wait for another, make "
        "a batch with empty rows at its end, or one whose samples are shared out evenly among ranks");
    key.free("memory", self.memory,
             "memory of each rank for copies of samples, such as \"8GiB\"; empty: a quarter of what is free");
    key.free("cache", self.cache,
             "directories on fast disks for more copies, such as [{path = \"/nvme\", size = \"100GiB\"}]");
    key.free(
        "network_budget", self.network_budget,
        "bytes a second that each rank sends to others that ask for its copies, such as \"50MiB\", so that "
        "the training's own communication is not slowed; empty: no limit");
    key.free("workers", self.workers, between(0, 1024),
             "threads of each rank that decode; 0: one for two cores");
    key.free("lookahead", self.lookahead, between(1, 1'000'000), "steps whose files are fetched ahead");
    key.free(
        "checksums", self.checksums,
        "index made by `weft data inspect PATH --index FILE`; training samples that differ from it count as "
        "bad; empty: none");
    key.free(
        "machine", self.machine,
        "file made by `weft probe --storage FOLDER --out FILE`: how fast the file system and other ranks "
        "are until records have come from them, and what a step is predicted to take; empty: the former is "
        "not known, and the latter by what `weft probe` has kept of this machine");
    key("on_bad", self.on_bad,
        "what becomes of a sample that cannot be read: the run ends, its row is left out of the loss, "
        "or another sample takes its place");
    key.free("bad_limit", self.bad_limit, at_least(0), "bad samples after which the run ends all the same");
  }
};

/// The name of the first of these keys that is not as it is by default, of those that loading alone asks; ""
/// where all are.
std::string first_changed(const LoadingKeys& loading);

/// The first rule between these keys, and between them and the rest of [data], that the recipe breaks.
Complaint check_loading(const Recipe& recipe);

}  // namespace weft
