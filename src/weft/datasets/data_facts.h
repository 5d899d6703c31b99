#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weft/base/enum_names.h"
#include "weft/data/load/array_channels.h"
#include "weft/tensor/dtype.h"
#include "weft/tensor/region.h"

namespace weft {

/// In place of a number of ids: the network learns numbers.
inline constexpr int64_t kNoIds = -1;

/// What becomes of a sample that has a number that is none (NaN, infinity).
enum class MissingNumbers : uint8_t {
  fail,  ///< the run ends, and names it
  skip,  ///< it is left out: its row counts for nothing
  mask,  ///< NaN means that the data have nothing there: 0 in an input, not counted in a target; infinity
         ///< fails
};

template <>
struct EnumNames<MissingNumbers> {
  static constexpr std::string_view kNames[] = {"fail", "skip", "mask"};
};

/// One tensor of a sample, as data bring it, and what it may hold. Every batch is checked against that
/// (datasets/batch_rules.h).
struct SampleTensor {
  std::string name;                     ///< of the graph's input
  int64_t below = 0;                    ///< elements are ids, integers in [0, below); 0: they are numbers
  Dims shape;                           ///< without the batch
  std::vector<std::string> axes;        ///< what each dimension is: "sequence", "height", "channel", …
  std::string label = {};               ///< what an element is to people: "field y", "token"; empty: the name
  std::string form = {};                ///< as files have it, for people: "f32 [3] a sample"
  std::optional<int64_t> ignored = {};  ///< of ids: this one may be there too, and is not counted
  MissingNumbers missing = MissingNumbers::fail;  ///< of numbers, and of class ids that a file says are none
  /// Where data.channels says that the input's channels are; nothing: the data have no such key.
  std::optional<ArrayChannels> channels = {};
  std::string field = {};  ///< the data's own name of it; empty: they have none

  bool has_ids() const { return below > 0; }
  bool operator==(const SampleTensor&) const = default;
};

/// What data say of a sample, which the recipe leaves open.
struct DataFacts {
  SampleTensor input;   ///< what the network is given
  SampleTensor target;  ///< what it learns
  /// Whether training batches may have rows without a sample, or targets that do not count. Else each counts
  /// as much as any other, and nothing has to be counted.
  bool has_gaps = false;

  bool operator==(const DataFacts&) const = default;
};

/// "pixels [32, 32, 3]; labels one of 10 classes", "field x [8, 8, 1]; field y [2]", "tokens [64] of 256 ids;
/// targets [64] of 256 ids".
std::string text_of(const DataFacts& facts);

/// What a kind of data brings, or a network takes, as far as the recipe alone tells.
struct InputForm {
  bool ids = false;  ///< sequences of ids; else numbers with channels along `axes` in space
  int least_axes = 0;
  int most_axes = 0;

  /// Whether data of this form may be what `wanted` says.
  bool suits(const InputForm& wanted) const {
    return ids == wanted.ids && least_axes <= wanted.most_axes && wanted.least_axes <= most_axes;
  }
};

}  // namespace weft
