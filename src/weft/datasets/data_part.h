#pragma once
#include <cstdint>
#include <string>

namespace weft {

/// The training or the validation data, in numbers that people know.
struct DataPart {
  std::string names;            ///< a key of its files' names, its fields and the count; "": it has no names
  std::string unit = "sample";  ///< that it has `count` of
  int64_t count = 0;
  int64_t bytes = 0;  ///< of these in all; 0: nobody added them up
  bool operator==(const DataPart&) const = default;
};

}  // namespace weft
