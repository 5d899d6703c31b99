#pragma once
// Values of a machine's file, each with the interval that it can lie in. Internal.
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace weft {

/// What a number of the file is, with the most that any machine has.
struct RateUnit {
  const char* name;
  double most;
};
inline constexpr RateUnit kGflopS{"Gflop/s", 1e7};
inline constexpr RateUnit kGbS{"GB/s", 1e5};
inline constexpr RateUnit kMbS{"MB/s", 1e9};
inline constexpr RateUnit kMicroseconds{"us", 1e8};

/// Reads values of the file `where`. UserError "FILE: "KEY" is VALUE, expected …".
class MachineValues {
 public:
  using Json = nlohmann::ordered_json;
  explicit MachineValues(std::string where) : where_(std::move(where)) {}

  const std::string& where() const { return where_; }
  /// Above 0, and no more than any machine has.
  double rate(const std::string& key, const Json& value, const RateUnit& unit) const;
  /// A spread, 0 and up.
  double spread(const std::string& key, const Json& value) const;
  std::string text(const std::string& key, const Json& value) const;
  /// A whole number from `least` on.
  int count(const std::string& key, const Json& value, int least = 1) const;

 private:
  std::string where_;
};

}  // namespace weft
