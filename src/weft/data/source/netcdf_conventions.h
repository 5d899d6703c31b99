#pragma once
// What attributes say of a variable's numbers, for classic NetCDF and HDF5 alike: "Attribute Conventions" of
// the NetCDF Users Guide (Unidata), and the CF conventions, which agree.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/data/source/packing.h"

namespace weft {

/// An attribute of a variable, as a file has it. Files are asked for heeded_attributes() only.
struct VariableAttribute {
  std::string name;
  StoredType type;                   ///< of its numbers
  std::vector<ExactNumber> numbers;  ///< empty: it has none
  std::string text;                  ///< where it is text
};

/// Names of the attributes that a variable's numbers depend on.
std::span<const std::string_view> heeded_attributes();

/// More numbers than this in one attribute are not read.
inline constexpr int64_t kMaxAttributeNumbers = 1024;

struct ConventionsOptions {
  /// Where there is no _FillValue, the type's own is absent: the library of NetCDF fills with it. Bytes have
  /// none.
  bool default_fill = true;
};

struct Conventions {
  StoredType stored;               ///< with the sign that _Unsigned says
  std::optional<Packing> packing;  ///< none: numbers are as they are stored
  std::string problem;             ///< why the numbers cannot be known, as a sentence's end; empty: they can
  std::vector<std::string> remarks;  ///< what is not heeded, as a sentence's end
  std::vector<std::string> ignored;  ///< names of the attributes that remarks are about
};

/// What the attributes of a variable mean whose elements are `stored`:
/// - _Unsigned (true, false, 1, 0): integers have, or have not, a sign; so have the numbers of the other
///   attributes.
/// - scale_factor, add_offset: value = stored * scale + offset. Finite, and the scale is not 0: a problem
/// else.
/// - _FillValue, missing_value (one number or several): stored numbers that are absent.
/// - valid_min, valid_max, valid_range: what lies outside is absent. They are of stored numbers, unless their
///   type is that of scale_factor and add_offset and wider than the stored one: then of values. Limits that
///   cross are not heeded.
/// A _FillValue is not taken for a limit, as the guide lets generic readers do: no common reader does.
Conventions conventions_of(StoredType stored, std::span<const VariableAttribute> attributes,
                           const ConventionsOptions& options);

}  // namespace weft
