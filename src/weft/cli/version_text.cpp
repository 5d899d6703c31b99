#include "weft/cli/version_text.h"

#include <H5public.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hwy/targets.h>

#include "weft/base/check.h"
#include "weft/base/version.h"
#include "weft/comm/communicator.h"
#include "weft/graph/device.h"
#include "weft/kernels/matmul.h"

namespace weft {

namespace {

/// "Open MPI v4.1.4", without who built it.
std::string first_part(const std::string& text) { return text.substr(0, text.find_first_of(",\n")); }

/// The widest vectors of this processor, as Highway calls them: of what it supports, the lowest bit.
const char* vectors() {
  const int64_t all = hwy::SupportedTargets();
  return hwy::TargetName(all & -all);
}

std::string hdf5() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

/// Those that this build and this machine have.
std::vector<std::string> device_names() {
  DeviceRegistry registry;
  register_all_devices(registry);
  std::vector<std::string> names;
  for (const auto& [name, device] : registry.devices()) {
    try {
      device.require();
      names.push_back(name);
    } catch (const UserError&) {
      continue;  // absent
    }
  }
  return names;
}

}  // namespace

std::string version_text() {
  std::string text = fmt::format("weft {}\n", version());
  const auto add = [&](const char* what, const std::string& which) {
    text += fmt::format("{:<9}{}\n", what, which);
  };
  add("compiler", __VERSION__);
  add("MPI", first_part(CommSession::library()));
  add("oneDNN", kernels::onednn_version());
  add("HDF5", hdf5());
  add("vectors", vectors());
  add("devices", fmt::format("{}", fmt::join(device_names(), ", ")));
  text.pop_back();
  return text;
}

}  // namespace weft
