#include "weft/data/source/netcdf_conventions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "weft/base/check.h"

namespace weft {

namespace {

using Kind = StoredType::Kind;

constexpr std::array<std::string_view, 8> kHeeded{"_Unsigned", "scale_factor",  "add_offset",  "_FillValue",
                                                  "valid_min", "missing_value", "valid_range", "valid_max"};

/// A number whose bits have the other sign, as a number of `type`: -1 is 255.
ExactNumber with_sign_of(ExactNumber number, StoredType type) {
  if (const double* real = std::get_if<double>(&number)) {
    const std::optional<int64_t> whole = exactly<int64_t>(number);
    if (!whole) return *real;
    number = *whole;
  }
  const uint64_t bits = std::visit([](auto value) { return static_cast<uint64_t>(value); }, number);
  const int unused = 64 - 8 * type.bytes;
  const bool is_negative = std::holds_alternative<int64_t>(number) && std::get<int64_t>(number) < 0;
  if (type.kind == Kind::unsigned_integer)
    return is_negative ? ExactNumber{bits << unused >> unused} : number;
  // What does not fit the type is no number of it, and stays what it is.
  if (is_negative || (unused > 0 && bits >> (64 - unused) != 0)) return number;
  return ExactNumber{static_cast<int64_t>(bits << unused) >> unused};
}

/// What NetCDF's library writes where nothing was written (NC_FILL_* of netcdf.h).
std::optional<ExactNumber> default_fill_of(StoredType type) {
  constexpr double kFloating = 9.9692099683868690e+36;
  if (type.bytes == 1) return std::nullopt;
  switch (type.kind) {
    case Kind::signed_integer:
      if (type.bytes == 8) return ExactNumber{int64_t{-9223372036854775806}};
      return type.bytes == 2 ? ExactNumber{int64_t{-32767}} : ExactNumber{int64_t{-2147483647}};
    case Kind::unsigned_integer:
      if (type.bytes == 8) return ExactNumber{uint64_t{18446744073709551614U}};
      return type.bytes == 2 ? ExactNumber{uint64_t{65535}} : ExactNumber{uint64_t{4294967295}};
    case Kind::floating:
      if (type.bytes == 2) return std::nullopt;
      return ExactNumber{kFloating};
    case Kind::bfloat:
      return std::nullopt;
  }
  return std::nullopt;
}

/// Which of two types holds the other's numbers.
int width_of(StoredType type) { return (is_whole(type) ? 0 : 100) + type.bytes; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

/// Some writers have numbers as text.
std::optional<ExactNumber> number_in(std::string_view text) {
  text = without_blanks(text);
  int64_t whole = 0;
  const char* end = text.data() + text.size();
  const auto as_whole = std::from_chars(text.data(), end, whole);
  if (as_whole.ec == std::errc() && as_whole.ptr == end) return ExactNumber{whole};
  double number = 0;
  const auto as_double = std::from_chars(text.data(), end, number);
  if (text.empty() || as_double.ec != std::errc() || as_double.ptr != end) return std::nullopt;
  return ExactNumber{number};
}

double as_double(const ExactNumber& number) {
  return std::visit([](auto value) { return static_cast<double>(value); }, number);
}

std::vector<ExactNumber> numbers_of(const VariableAttribute& attribute) {
  if (!attribute.numbers.empty()) return attribute.numbers;
  const auto number = number_in(attribute.text);
  return number ? std::vector{*number} : std::vector<ExactNumber>{};
}

/// true, false, 1 or 0 as text in any case or as a number; null where it is another thing.
std::optional<bool> truth_of(const VariableAttribute& attribute) {
  const std::vector<ExactNumber> numbers = numbers_of(attribute);
  if (numbers.size() == 1 && (as_double(numbers[0]) == 0 || as_double(numbers[0]) == 1))
    return as_double(numbers[0]) == 1;
  std::string word(without_blanks(attribute.text));
  for (char& letter : word) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  if (word == "true") return true;
  if (word == "false") return false;
  return std::nullopt;
}

class Reading {
 public:
  Reading(StoredType stored, std::span<const VariableAttribute> attributes, const ConventionsOptions& options)
      : attributes_(attributes), options_(options) {
    result_.stored = stored;
  }

  Conventions read() {
    if (const VariableAttribute* sign = find("_Unsigned")) read_sign(*sign);
    if (result_.stored.kind == Kind::bfloat) return ignoring_all();
    read_scale("scale_factor", packing_.scale);
    read_scale("add_offset", packing_.offset);
    read_values();
    for (const char* name : {"valid_range", "valid_min", "valid_max"}) read_limits(name);
    drop_crossed(packing_.absent);
    drop_crossed(packing_.absent_unpacked);
    if (packing_ != Packing{}) result_.packing = std::move(packing_);
    return std::move(result_);
  }

 private:
  const VariableAttribute* find(std::string_view name) const {
    const auto found = std::find_if(attributes_.begin(), attributes_.end(),
                                    [&](const VariableAttribute& a) { return a.name == name; });
    return found == attributes_.end() ? nullptr : &*found;
  }

  /// No netCDF has such numbers.
  Conventions ignoring_all() {
    for (const std::string_view name : kHeeded) {
      if (name == "_Unsigned") continue;  // read already
      if (const VariableAttribute* attribute = find(name)) ignore(*attribute, "is of bfloat16 numbers");
    }
    return std::move(result_);
  }

  void read_sign(const VariableAttribute& attribute) {
    const std::optional<bool> is_unsigned = truth_of(attribute);
    if (!is_unsigned) return ignore(attribute, "is neither true nor false");
    if (!is_whole(result_.stored)) {
      if (*is_unsigned) ignore(attribute, "is of numbers with a point");
      return;
    }
    const Kind said = *is_unsigned ? Kind::unsigned_integer : Kind::signed_integer;
    has_other_sign_ = result_.stored.kind != said;
    result_.stored.kind = said;
  }

  void read_scale(std::string_view name, std::optional<double>& value) {
    const VariableAttribute* attribute = find(name);
    if (attribute == nullptr) return;
    const std::vector<ExactNumber> numbers = numbers_of(*attribute);
    if (numbers.size() != 1) {
      result_.problem = fmt::format("has {} as its {}, expected one number", said(*attribute), name);
      return;
    }
    value = as_double(numbers[0]);
    const bool is_scale = name == "scale_factor";
    if (!std::isfinite(*value) || (is_scale && *value == 0)) {
      result_.problem = fmt::format("has {} as its {}, expected a finite number{}", said(*attribute), name,
                                    is_scale ? " other than 0" : "");
    }
    if (!scale_type_ || width_of(attribute->type) > width_of(*scale_type_)) scale_type_ = attribute->type;
  }

  /// An attribute's numbers as those that are stored.
  std::vector<ExactNumber> stored_numbers(const VariableAttribute& attribute) {
    std::vector<ExactNumber> numbers = numbers_of(attribute);
    if (has_other_sign_) {
      for (ExactNumber& number : numbers) number = with_sign_of(number, result_.stored);
    }
    if (numbers.empty()) ignore(attribute, "is no number");
    return numbers;
  }

  void read_values() {
    for (const char* name : {"_FillValue", "missing_value"}) {
      const VariableAttribute* attribute = find(name);
      if (attribute == nullptr) continue;
      for (const ExactNumber& number : stored_numbers(*attribute)) {
        if (can_be_stored(number)) {
          packing_.absent.values.push_back(number);
        } else {
          ignore(*attribute, fmt::format("is no {}", to_string(result_.stored)));
        }
      }
    }
    if (!options_.default_fill || find("_FillValue") != nullptr) return;
    StoredType as_filled = result_.stored;
    if (has_other_sign_) {
      as_filled.kind =
          as_filled.kind == Kind::unsigned_integer ? Kind::signed_integer : Kind::unsigned_integer;
    }
    const std::optional<ExactNumber> fill = default_fill_of(as_filled);
    if (fill) packing_.absent.values.push_back(has_other_sign_ ? with_sign_of(*fill, result_.stored) : *fill);
  }

  /// NaN can be stored among floating-point numbers, where it is NaN anyway.
  bool can_be_stored(const ExactNumber& number) const {
    if (!is_whole(result_.stored)) return true;
    const bool is_signed = result_.stored.kind == Kind::signed_integer;
    switch (result_.stored.bytes) {
      case 1:
        return is_signed ? exactly<int8_t>(number).has_value() : exactly<uint8_t>(number).has_value();
      case 2:
        return is_signed ? exactly<int16_t>(number).has_value() : exactly<uint16_t>(number).has_value();
      case 4:
        return is_signed ? exactly<int32_t>(number).has_value() : exactly<uint32_t>(number).has_value();
      default:
        return is_signed ? exactly<int64_t>(number).has_value() : exactly<uint64_t>(number).has_value();
    }
  }

  void read_limits(std::string_view name) {
    const VariableAttribute* attribute = find(name);
    if (attribute == nullptr) return;
    const size_t expected = name == "valid_range" ? 2 : 1;
    const bool is_unpacked = packing_.changes_numbers() && !attribute->numbers.empty() &&
                             attribute->type.kind == scale_type_->kind &&
                             attribute->type.bytes == scale_type_->bytes &&
                             width_of(attribute->type) > width_of(result_.stored);
    const std::vector<ExactNumber> numbers = is_unpacked ? attribute->numbers : stored_numbers(*attribute);
    if (numbers.empty()) return;
    if (numbers.size() != expected) {
      return ignore(*attribute, expected == 2 ? "is not two numbers" : "is not one number");
    }
    if (as_double(numbers.front()) > as_double(numbers.back())) {
      return ignore(*attribute, "has its ends the wrong way round");
    }
    AbsentValues& absent = is_unpacked ? packing_.absent_unpacked : packing_.absent;
    if (name != "valid_max") raise(absent.least, numbers.front());
    if (name != "valid_min") lower(absent.most, numbers.back());
  }

  /// Limits of several attributes that leave nothing valid are as wrong as a range that is the wrong way
  /// round.
  void drop_crossed(AbsentValues& absent) {
    if (!absent.least || !absent.most || as_double(*absent.least) <= as_double(*absent.most)) return;
    result_.remarks.push_back(
        fmt::format("its least valid number {} is above its largest {}, and neither is heeded",
                    as_double(*absent.least), as_double(*absent.most)));
    for (const char* name : {"valid_range", "valid_min", "valid_max"}) result_.ignored.emplace_back(name);
    absent.least.reset();
    absent.most.reset();
  }

  /// Of two limits the narrower one.
  static void raise(std::optional<ExactNumber>& least, const ExactNumber& number) {
    if (std::isnan(as_double(number))) return;  // no limit
    if (!least || as_double(number) > as_double(*least)) least = number;
  }
  static void lower(std::optional<ExactNumber>& most, const ExactNumber& number) {
    if (std::isnan(as_double(number))) return;
    if (!most || as_double(number) < as_double(*most)) most = number;
  }

  static std::string said(const VariableAttribute& attribute) {
    if (attribute.numbers.empty()) return fmt::format("'{:.40}'", attribute.text);
    std::string text;
    for (size_t i = 0; i < attribute.numbers.size() && i < 4; ++i) {
      text += std::visit([&](auto value) { return fmt::format("{}{}", i > 0 ? ", " : "", value); },
                         attribute.numbers[i]);
    }
    return attribute.numbers.size() > 4 ? text + ", …" : text;
  }

  void ignore(const VariableAttribute& attribute, const std::string& why) {
    result_.ignored.push_back(attribute.name);
    result_.remarks.push_back(
        fmt::format("its {} {} {} and is not heeded", attribute.name, said(attribute), why));
  }

  std::span<const VariableAttribute> attributes_;
  const ConventionsOptions& options_;
  Conventions result_;
  Packing packing_;
  std::optional<StoredType> scale_type_;
  bool has_other_sign_ = false;
};

}  // namespace

std::span<const std::string_view> heeded_attributes() { return kHeeded; }

Conventions conventions_of(StoredType stored, std::span<const VariableAttribute> attributes,
                           const ConventionsOptions& options) {
  return Reading(stored, attributes, options).read();
}

}  // namespace weft
