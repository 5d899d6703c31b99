#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/sim/io/io_policy.h"

namespace weft {

/// The policies there are, each added by its file in policy/ (cmake/WeftLayers.cmake finds them).
class IoPolicyRegistry {
 public:
  using Make = std::function<std::unique_ptr<IoPolicy>(const IoWorld&)>;
  /// `about`: one line for --help. At most one policy is the baseline, which others are compared with.
  void add(std::string name, std::string about, Make make, bool is_baseline = false) {
    entries_.push_back({std::move(name), std::move(about), std::move(make), is_baseline});
  }
  struct Entry {
    std::string name;
    std::string about;
    Make make;
    bool is_baseline;
  };
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

/// Generated.
void register_all_io_policies(IoPolicyRegistry& registry);

const IoPolicyRegistry& io_policies();
std::vector<std::string> io_policy_names();
/// Nothing where no policy is the baseline.
std::optional<std::string> io_baseline();
/// `world` must outlive it. The name is one of io_policy_names().
std::unique_ptr<IoPolicy> make_io_policy(std::string_view name, const IoWorld& world);

}  // namespace weft
