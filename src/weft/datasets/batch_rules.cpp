#include "weft/datasets/batch_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "weft/base/check.h"
#include "weft/data/load/array_form.h"
#include "weft/tensor/any_of_all.h"
#include "weft/tensor/finite.h"
#include "weft/tensor/with_dtype.h"

namespace weft {

namespace {

/// "field y[3, 4]": of the element at `elem` of a row.
std::string described(const SampleTensor& tensor, const Dims& row_shape, int64_t elem) {
  std::string text = tensor.label.empty() ? tensor.name : tensor.label;
  if (row_shape.empty()) return text;
  const Dims strides = strides_of(row_shape);
  std::vector<int64_t> index;
  for (size_t d = 0; d < row_shape.size(); ++d) index.push_back(elem / strides[d] % row_shape[d]);
  return fmt::format("{}[{}]", text, fmt::join(index, ", "));
}

constexpr std::string_view kPolicies =
    " (data.missing = \"mask\" or \"skip\" allow for those that are missing)";

class Rules {
 public:
  Rules(const SampleTensor& tensor, BatchPart part, const View& values, std::span<uint8_t> there)
      : tensor_(tensor),
        part_(part),
        values_(values),
        there_(there),
        row_shape_(values.type.shape.begin() + 1, values.type.shape.end()),
        row_elems_(elems_of(row_shape_)) {
    WEFT_CHECK(std::ssize(there) == values.type.shape[0], "{} flags of {} rows", there.size(),
               values.type.shape[0]);
  }

  std::optional<BadElement> ids() {
    auto* all = values_.as<int32_t>();
    const auto below = static_cast<uint32_t>(std::min<int64_t>(tensor_.below, int64_t{1} << 31));
    // One that is ignored may be an id that the network has; where none is, an id that it has not stands
    // here.
    const int64_t wanted = tensor_.ignored.value_or(-1);
    const auto narrow = static_cast<int32_t>(wanted);
    const int32_t ignored = narrow == wanted ? narrow : -1;
    const auto is_strange = [below, ignored](const int32_t* id) {
      return static_cast<uint32_t>(*id) >= below || *id == ignored;
    };
    if (!any_of_all(all, values_.elems(), is_strange)) return std::nullopt;
    return rows(all, [&](int64_t row, int32_t* id) -> std::optional<BadElement> {
      for (int64_t i = 0; i < row_elems_; ++i) {
        if (!is_strange(id + i)) continue;
        const bool is_missing = id[i] == kMissingId;
        if (is_missing && tensor_.missing == MissingNumbers::skip) {
          there_[static_cast<size_t>(row)] = 0;
          return std::nullopt;
        }
        const bool is_masked = is_missing && tensor_.missing == MissingNumbers::mask;
        if (!is_masked && (!tensor_.ignored || id[i] != *tensor_.ignored)) {
          return is_missing ? missing(row, i) : bad(row, i, fmt::format("{}", id[i]));
        }
        id[i] = -1;
      }
      return std::nullopt;
    });
  }

  template <class T>
  std::optional<BadElement> numbers() {
    auto* all = values_.as<T>();
    const bool masks = tensor_.missing == MissingNumbers::mask;
    // NaN is what a masked target is allowed to have: there is nothing to do but for infinities.
    const bool nan_is_fine = masks && part_ == BatchPart::target;
    const bool clean =
        nan_is_fine ? !any_of_all(all, values_.elems(), is_infinite<T>)
                    : !any_of_all(all, values_.elems(), [](const T* value) { return !is_finite(value); });
    if (clean) return std::nullopt;
    return rows(all, [&](int64_t row, T* value) { return row_of_numbers(row, value, masks); });
  }

 private:
  template <class T, class Row>
  std::optional<BadElement> rows(T* all, const Row& look_at) {
    for (int64_t row = 0; row < std::ssize(there_); ++row) {
      if (there_[static_cast<size_t>(row)] == 0) continue;
      if (std::optional<BadElement> found = look_at(row, all + row * row_elems_)) return found;
    }
    return std::nullopt;
  }

  template <class T>
  std::optional<BadElement> row_of_numbers(int64_t row, T* value, bool masks) {
    for (int64_t i = 0; i < row_elems_; ++i) {
      const bool nan = is_nan(value + i);
      if (!nan && !is_infinite(value + i)) continue;
      if (tensor_.missing == MissingNumbers::skip) {
        there_[static_cast<size_t>(row)] = 0;
        return std::nullopt;
      }
      if (!nan || !masks) return bad(row, i, nan ? "NaN" : "infinite");
      if (part_ == BatchPart::input) value[i] = T{};
    }
    return std::nullopt;
  }

  BadElement bad(int64_t row, int64_t elem, const std::string& is) const {
    return {row, fmt::format("{} is {}, expected {}", described(tensor_, row_shape_, elem), is, expected())};
  }

  BadElement missing(int64_t row, int64_t elem) const {
    BadElement element = bad(row, elem, "missing");
    return {row, element.what + std::string(kPolicies)};
  }

  std::string expected() const {
    if (!tensor_.has_ids()) {
      return tensor_.missing == MissingNumbers::mask ? std::string("a number, or NaN where there is none")
                                                     : "a number" + std::string(kPolicies);
    }
    const std::string_view id = tensor_.shape.empty() ? "a class id" : "an id";
    return fmt::format("{} from 0 to {}{}", id, tensor_.below - 1,
                       tensor_.ignored ? fmt::format(", or data.ignore_index = {}", *tensor_.ignored) : "");
  }

  const SampleTensor& tensor_;
  BatchPart part_;
  const View& values_;
  std::span<uint8_t> there_;
  Dims row_shape_;
  int64_t row_elems_;
};

}  // namespace

std::optional<BadElement> apply_rules(const SampleTensor& tensor, BatchPart part, const View& values,
                                      std::span<uint8_t> there) {
  Rules rules(tensor, part, values, there);
  if (tensor.has_ids()) return rules.ids();
  std::optional<BadElement> found;
  with_floating(values.type.dtype, [&](auto element) { found = rules.numbers<decltype(element)>(); });
  return found;
}

bool is_all_missing(const View& values) {
  bool found = false;
  with_floating(values.type.dtype, [&](auto element) {
    const auto* all = values.as<decltype(element)>();
    found = std::all_of(all, all + values.elems(), [](const auto& value) { return is_nan(&value); });
  });
  return found && values.elems() > 0;
}

void empty_row(const SampleTensor& tensor, BatchPart part, const View& values, int64_t row) {
  const int64_t elems = values.elems() / values.type.shape[0];
  const auto fill = [&](auto element, double number) {
    using T = decltype(element);
    std::fill_n(values.as<T>() + row * elems, elems, element_cast<T>(number));
  };
  with_dtype(values.type.dtype, [&](auto element) {
    if (part == BatchPart::input) return fill(element, 0);
    fill(element, tensor.has_ids() ? -1 : std::numeric_limits<double>::quiet_NaN());
  });
}

}  // namespace weft
