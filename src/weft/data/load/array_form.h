#pragma once
#include <limits>
#include <optional>

#include "weft/data/decode/array_values.h"
#include "weft/data/decode/volume_augment.h"
#include "weft/data/load/array_channels.h"
#include "weft/data/load/sample_form.h"
#include "weft/data/source/source.h"

namespace weft {

/// What a network learns of a target.
enum class ArrayTarget : uint8_t {
  by_type,  ///< a class id where it is one integer, else numbers
  ids,      ///< a class id where it is one number of any type, else numbers
  numbers,
};

/// The class id of a row whose file says that there is none (`Field::absent`).
inline constexpr int32_t kMissingId = std::numeric_limits<int32_t>::min();

/// How the arrays of a file become an input of a network and its target.
struct ArrayFormOptions {
  ArrayChannels channels = ArrayChannels::last;  ///< where the input's field has them
  ArrayValues values;                            ///< of the input
  VolumeTransform transform;  ///< axes D, H, W; those that the field has are the last of these
  uint64_t seed = 0;
  ArrayTarget target = ArrayTarget::by_type;
  std::optional<int64_t> ignored;  ///< a class id that is kept though the file says that it is none
};

/// Two fields of a source (volumes, images, vectors; one to three dimensions in space): the input
/// [spatial..., C], and the target: the class id i32 (see ArrayTarget), else numbers [K]. A
/// rank whose rows are boxes in space reads those boxes. A row without a sample has zeros for its input, and
/// for its target -1 or NaN, which no loss counts.
class ArrayForm final : public SampleForm {
 public:
  /// UserError naming the field where a source's fields cannot be that. shared: the loader knows the source
  /// as well.
  ArrayForm(std::shared_ptr<const Source> source, ArrayFormOptions options);

  std::vector<TensorType> row_types(DType floating) const override;
  std::vector<Region> to_read(std::span<const Region> rows) const override;
  SampleParts::Choice choice(const SampleParts& parts) const override;
  std::unique_ptr<Assembler> assembler(std::span<const Region> rows, DType floating,
                                       int workers) const override;

  /// Shape of the input: [spatial..., C].
  const Dims& shape() const { return shape_; }
  bool target_is_class() const { return target_is_class_; }
  /// What the source is to unpack the target to.
  TensorType target_type() const;
  /// The class id in a target of that type, of a sample; kMissingId where there is none. UserError naming the
  /// sample where it is not whole.
  int64_t class_id(int64_t sample, const View& target) const;

 private:
  friend class ArrayRows;
  bool turns() const { return options_.transform.rotate || flips(); }
  bool flips() const;
  Dims shape_as_volume() const;
  Region as_volume(const Region& rows) const;
  /// The box of the input's field that has the box `rows` of the input.
  Region in_field(const Region& rows) const;
  Region from_field(const Region& field) const;
  VolumePlacement placement(int64_t epoch, int64_t sample) const;
  /// The part that lands on `part` when a sample is turned so; -1: none does.
  int part_under(const SampleParts& parts, const VolumePlacement& turned, int part) const;

  std::shared_ptr<const Source> source_;
  ArrayFormOptions options_;
  Dims shape_;
  bool target_is_class_ = false;
};

}  // namespace weft
