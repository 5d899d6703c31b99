#include "weft/data/load/array_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "weft/base/check.h"

namespace weft {

ArrayRows::ArrayRows(const ArrayForm& form, Region part, DType floating, int workers)
    : form_(form), part_(std::move(part)), types_(form.row_types(floating)) {
  types_[0].shape = part_.shape();
  const Field& field = form_.source_->fields()[0];
  // Integers that may be absent are read as numbers that can say so.
  stored_ = field.absent.empty() ? field.type.dtype : DType::f64;
  const bool last = form_.options_.channels != ArrayChannels::first || form_.shape_.back() == 1;
  direct_ = stored_ == floating && last && !form_.turns();
  const auto bytes = [](DType dtype, const Dims& shape) {
    return static_cast<size_t>(TensorType{dtype, shape}.bytes());
  };
  for (int i = 0; i < workers; ++i) {
    Scratch scratch;
    if (!direct_) scratch.input.resize(bytes(stored_, types_[0].shape));
    if (form_.turns()) scratch.values.resize(bytes(floating, types_[0].shape));
    const TensorType target = form_.target_type();
    scratch.target.resize(bytes(target.dtype, target.shape));
    scratch_.push_back(std::move(scratch));
  }
}

void ArrayRows::assemble(int worker, int64_t epoch, int64_t sample, std::span<const std::byte> record,
                         std::span<const View> row) {
  Scratch& scratch = scratch_[static_cast<size_t>(worker)];
  const std::span<const Field> fields = form_.source_->fields();
  const Dims volume = form_.shape_as_volume();
  const Region part = form_.as_volume(part_);
  const VolumePlacement placement = form_.turns() ? form_.placement(epoch, sample) : VolumePlacement{};
  const Region read_box = volume_input_region(placement, volume, part);
  const auto leading = read_box.ranges.end() - std::ssize(part_.ranges);
  const Region field_box = form_.in_field({{leading, read_box.ranges.end()}});
  const std::vector<Region> read{field_box, Region::all(fields[1].type.shape)};

  View stored{direct_ ? row[0].data : scratch.input.data(), {stored_, field_box.shape()}};
  const View target{scratch.target.data(), form_.target_type()};
  form_.source_->unpack(sample, read, record, std::vector{stored, target});

  const View values{form_.turns() ? scratch.values.data() : row[0].data,
                    {row[0].type.dtype, read_box.shape()}};
  stored.type.shape = values.type.shape;  // in whichever order: the number of elements is what counts
  write_values(form_.options_.values, stored, !direct_ && form_.options_.channels == ArrayChannels::first,
               read_box.ranges.back().size(), values);
  if (form_.turns()) {
    const View turned{row[0].data, {row[0].type.dtype, part.shape()}};
    write_volume(placement, volume, values, read_box, part, turned);
  }
  write_target(sample, target, row[1]);
}

void ArrayRows::write_target(int64_t sample, const View& stored, const View& row) const {
  if (form_.target_is_class()) {
    const int64_t id = form_.class_id(sample, stored);
    *row.as<int32_t>() = static_cast<int32_t>(id);
    if (std::in_range<int32_t>(id)) return;
    user_error("{}: field {} is {}, expected a class id below {}", form_.source_->name(sample),
               form_.source_->fields()[1].name, id, int64_t{1} << 31);
  }
  write_values({}, {stored.data, {stored.type.dtype, row.type.shape}}, false, 1, row);
}

void ArrayRows::assemble_empty(std::span<const View> row) {
  std::memset(row[0].data, 0, static_cast<size_t>(row[0].bytes()));
  if (form_.target_is_class()) {
    *row[1].as<int32_t>() = -1;
  } else if (row[1].type.dtype == DType::f64) {
    std::fill_n(row[1].as<double>(), row[1].elems(), std::nan(""));
  } else {
    std::fill_n(row[1].as<float>(), row[1].elems(), std::nanf(""));
  }
}

}  // namespace weft
