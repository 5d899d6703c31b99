#include "weft/data/load/array_form.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/data/load/array_rows.h"

namespace weft {

namespace {

/// From here on, not every integer is a double.
constexpr double kLargestWhole = 9007199254740992;

bool is_integer(DType dtype) { return dtype == DType::i32 || dtype == DType::i64 || dtype == DType::u8; }

void check_values(const ArrayValues& values, int64_t channels, const std::string& field) {
  for (const auto& [key, numbers] :
       {std::pair{"data.mean", &values.mean}, std::pair{"data.deviation", &values.deviation}}) {
    if (numbers->size() <= 1 || std::ssize(*numbers) == channels) continue;
    user_error("{}: {} numbers, and field {} has {} channels; expected one for each, or one for all", key,
               numbers->size(), field, channels);
  }
}

}  // namespace

ArrayForm::ArrayForm(std::shared_ptr<const Source> source, ArrayFormOptions options)
    : source_(std::move(source)), options_(std::move(options)) {
  const std::span<const Field> fields = source_->fields();
  WEFT_CHECK(fields.size() == 2, "an input and a target, not {} fields", fields.size());
  for (const Field& field : fields) {
    if (std::ranges::all_of(field.type.shape, [](int64_t size) { return size > 0; })) continue;
    user_error("data.path: a sample's field {} has the shape {}, expected sizes above 0", field.name,
               to_string(field.type.shape));
  }
  shape_ = fields[0].type.shape;
  if (options_.channels == ArrayChannels::none) shape_.push_back(1);
  if (options_.channels == ArrayChannels::first && !shape_.empty())
    std::rotate(shape_.begin(), shape_.begin() + 1, shape_.end());
  if (shape_.empty() || shape_.size() > 4) {
    user_error("data.input: field {} has the shape {} a sample, expected up to three dimensions in space{}{}",
               fields[0].name, to_string(fields[0].type.shape),
               options_.channels == ArrayChannels::none ? "" : " and the channels",
               other_channels(options_.channels, shape_, 1, 4));
  }
  check_values(options_.values, shape_.back(), fields[0].name);
  const bool is_whole = fields[1].is_whole || is_integer(fields[1].type.dtype);
  target_is_class_ = elems_of(fields[1].type.shape) == 1 && options_.target != ArrayTarget::numbers &&
                     (is_whole || options_.target == ArrayTarget::ids);
}

/// Floating-point numbers of a target keep NaN where the file says that there is none.
TensorType ArrayForm::target_type() const {
  const Field& field = source_->fields()[1];
  TensorType type = field.type;
  if (field.is_whole && target_is_class_) type.dtype = DType::i64;
  if (!field.absent.empty() && !target_is_class_) type.dtype = DType::f64;
  return type;
}

int64_t ArrayForm::class_id(int64_t sample, const View& target) const {
  const Field& field = source_->fields()[1];
  if (is_integer(target.type.dtype)) {
    const int64_t id = integer_at(target);
    return field.absent.includes(id) && id != options_.ignored ? kMissingId : id;
  }
  double number = 0;
  write_values({}, {target.data, {target.type.dtype, {1}}}, false, 1,
               {reinterpret_cast<std::byte*>(&number), {DType::f64, {1}}});
  if (std::isnan(number)) return kMissingId;
  if (number != std::floor(number) || std::abs(number) > kLargestWhole) {
    user_error("{}: field {} is {}, expected a class id", source_->name(sample), field.name, number);
  }
  return static_cast<int64_t>(number);
}

bool ArrayForm::flips() const { return std::ranges::any_of(options_.transform.flip, std::identity()); }

std::vector<TensorType> ArrayForm::row_types(DType floating) const {
  const TensorType& target = source_->fields()[1].type;
  const DType exact = floating == DType::f64 ? DType::f64 : DType::f32;
  const Dims numbers = target.shape.empty() ? Dims{1} : target.shape;
  return {{floating, shape_}, target_is_class_ ? TensorType{DType::i32, {}} : TensorType{exact, numbers}};
}

Region ArrayForm::in_field(const Region& rows) const {
  Region field = rows;
  switch (options_.channels) {
    case ArrayChannels::last:
      break;
    case ArrayChannels::first:
      std::rotate(field.ranges.begin(), field.ranges.end() - 1, field.ranges.end());
      break;
    case ArrayChannels::none:
      field.ranges.pop_back();
      break;
  }
  return field;
}

Region ArrayForm::from_field(const Region& field) const {
  Region rows = field;
  switch (options_.channels) {
    case ArrayChannels::last:
      break;
    case ArrayChannels::first:
      std::rotate(rows.ranges.begin(), rows.ranges.begin() + 1, rows.ranges.end());
      break;
    case ArrayChannels::none:
      rows.ranges.push_back({0, 1});
      break;
  }
  return rows;
}

Dims ArrayForm::shape_as_volume() const {
  Dims volume(4 - shape_.size(), 1);
  volume.insert(volume.end(), shape_.begin(), shape_.end());
  return volume;
}

Region ArrayForm::as_volume(const Region& rows) const {
  Region volume;
  volume.ranges.assign(4 - rows.ranges.size(), {0, 1});
  volume.ranges.insert(volume.ranges.end(), rows.ranges.begin(), rows.ranges.end());
  return volume;
}

VolumePlacement ArrayForm::placement(int64_t epoch, int64_t sample) const {
  return draw_volume_placement(options_.transform, shape_as_volume(),
                               volume_stream(options_.seed, epoch, sample));
}

std::vector<Region> ArrayForm::to_read(std::span<const Region> rows) const {
  return {in_field(rows[0]), Region::all(source_->fields()[1].type.shape)};
}

int ArrayForm::part_under(const SampleParts& parts, const VolumePlacement& turned, int part) const {
  const Region own = as_volume(from_field(parts.regions(part)[0]));
  const Region wanted = volume_input_region(turned, shape_as_volume(), own);
  for (int other = 0; other < parts.count(); ++other) {
    if (as_volume(from_field(parts.regions(other)[0])) == wanted) return other;
  }
  return -1;
}

SampleParts::Choice ArrayForm::choice(const SampleParts& parts) const {
  if (!turns() || parts.count() == 1) return nullptr;
  for (const VolumePlacement& turned : possible_placements(options_.transform, shape_as_volume())) {
    for (int part = 0; part < parts.count(); ++part) {
      if (part_under(parts, turned, part) >= 0) continue;
      const bool rotate = options_.transform.rotate;
      user_error(
          "data.{}: a sample of {} that is turned over does not fall onto the parts that [parallel] cuts it "
          "into; cut it into equal parts{}",
          rotate ? "rotate" : "mirror", to_string(shape_),
          rotate ? ", along all axes alike, or do without" : "");
    }
  }
  return [parts, this](int64_t epoch, int64_t sample) {
    return part_under(parts, placement(epoch, sample), parts.own());
  };
}

std::unique_ptr<Assembler> ArrayForm::assembler(std::span<const Region> rows, DType floating,
                                                int workers) const {
  return std::make_unique<ArrayRows>(*this, rows[0], floating, workers);
}

}  // namespace weft
