#include "weft/data/inspect/field_values.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "weft/base/check.h"
#include "weft/base/plural.h"
#include "weft/data/decode/array_values.h"
#include "weft/data/read/read_record.h"

namespace weft {

namespace {

bool is_integer(DType dtype) { return dtype == DType::i32 || dtype == DType::i64 || dtype == DType::u8; }

/// Makes a sample's region small enough, from the outermost dimension on; whether it had to.
bool keep_first_rows(Region& part, DType dtype, int64_t most_bytes) {
  const int64_t whole = part.elems();
  for (Range& range : part.ranges) {
    while (bytes_of(dtype, part.elems()) > most_bytes && range.size() > 1)
      range.end = range.begin + range.size() / 2;
  }
  return part.elems() < whole;
}

class FieldLook {
 public:
  FieldLook(const Source& source, size_t field, int64_t most_bytes)
      : source_(source), field_(field), of_(source.fields()[field]), memory_(source.fields().size()) {
    found_.are_ids = elems_of(of_.type.shape) == 1 && (of_.is_whole || is_integer(of_.type.dtype));
    for (size_t i = 0; i < memory_.size(); ++i) {
      TensorType type = source.fields()[i].type;
      parts_.push_back(Region::all(type.shape));
      if (i == field_) {
        found_.is_part = keep_first_rows(parts_[i], of_.type.dtype, most_bytes);
        if (found_.are_ids && of_.is_whole) type.dtype = DType::i64;
        if (!found_.are_ids && !of_.absent.empty()) type.dtype = DType::f64;
      } else {
        for (Range& range : parts_[i].ranges) range.end = range.begin;
      }
      type.shape = parts_[i].shape();
      memory_[i].resize(static_cast<size_t>(type.bytes()));
      views_.push_back({memory_[i].data(), type});
    }
    numbers_.resize(static_cast<size_t>(parts_[field_].elems()));
  }

  int64_t bytes_of_sample() const {
    std::vector<Extent> extents;
    source_.locate(0, parts_, extents);
    int64_t bytes = 0;
    for (const Extent& extent : extents) bytes += extent.bytes;
    return bytes;
  }

  void look(int64_t sample) {
    try {
      source_.unpack(sample, parts_, read_record(source_, sample, parts_), views_);
    } catch (const UserError&) {
      return;
    }
    ++found_.samples;
    if (found_.are_ids) {
      const int64_t id = integer_at(views_[field_]);
      if (of_.absent.includes(id)) {
        ++found_.absent;
        return;
      }
      ids_.insert(id);
      take(static_cast<double>(id));
      return;
    }
    write_values({}, views_[field_], false, 1,
                 {reinterpret_cast<std::byte*>(numbers_.data()), {DType::f64, views_[field_].type.shape}});
    for (const double number : numbers_) take(number);
  }

  FieldValues found() const {
    FieldValues all = found_;
    all.kinds = std::ssize(ids_);
    all.mean = all.numbers > 0 ? sum_ / static_cast<double>(all.numbers) : 0;
    return all;
  }

 private:
  void take(double number) {
    if (std::isnan(number)) {
      ++found_.nans;
    } else if (std::isinf(number)) {
      ++found_.infinities;
    } else {
      const bool is_first = found_.numbers++ == 0;
      found_.least = is_first ? number : std::min(found_.least, number);
      found_.greatest = is_first ? number : std::max(found_.greatest, number);
      sum_ += number;
    }
  }

  const Source& source_;
  size_t field_;
  const Field& of_;
  std::vector<Region> parts_;  ///< of every field: all of this one, and as little as can be of the others
  std::vector<std::vector<std::byte>> memory_;
  std::vector<View> views_;
  std::vector<double> numbers_;
  std::unordered_set<int64_t> ids_;
  double sum_ = 0;
  FieldValues found_;
};

}  // namespace

std::string FieldValues::text(int64_t count) const {
  std::string found;
  if (are_ids) {
    found = numbers == 0 ? "no id"
                         : fmt::format("{} from {:.0f} to {:.0f}", plural(kinds, "id"), least, greatest);
    if (absent > 0) found += fmt::format(", {} missing", absent);
  } else {
    found = numbers == 0 ? "no number" : fmt::format("{:.6g} to {:.6g}, mean {:.6g}", least, greatest, mean);
    if (nans > 0) found += fmt::format(", {} NaN", nans);
    if (infinities > 0) found += fmt::format(", {} infinite", infinities);
  }
  if (is_part) return fmt::format("{} in the first rows of {} of {} samples", found, samples, count);
  if (samples == count) return fmt::format("{} in all samples", found);
  return fmt::format("{} in {} of {} samples", found, samples, count);
}

FieldValues look_at_field(const Source& source, size_t field, const LookOptions& options) {
  FieldLook look(source, field, options.most_bytes);
  const int64_t affordable = options.most_bytes / std::max<int64_t>(1, look.bytes_of_sample());
  const int64_t some =
      std::min(source.count(), std::max<int64_t>(1, std::min(options.most_samples, affordable)));
  for (int64_t i = 0; i < some; ++i) look.look(i * source.count() / some);
  return look.found();
}

}  // namespace weft
