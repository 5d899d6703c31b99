#include "weft/base/control_groups.h"

#include <fstream>
#include <string>

namespace weft {

namespace {

namespace fs = std::filesystem;

}  // namespace

void each_control_group(const fs::path& root, std::string_view controller,
                        const std::function<void(const fs::path&, GroupVersion)>& visit) {
  const auto visit_all = [&](const fs::path& mount, const fs::path& path, GroupVersion version) {
    visit(mount, version);
    fs::path group = mount;
    for (const fs::path& name : path.relative_path()) {
      group /= name;
      visit(group, version);
    }
  };
  const fs::path mount = root / "sys/fs/cgroup";
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "hierarchy:controllers:path"
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string named = line.substr(first + 1, second - first - 1);
    const std::string controllers = "," + named + ",";
    const fs::path path = line.substr(second + 1);
    if (named.empty()) {
      visit_all(mount, path, GroupVersion::two);
      visit_all(mount / "unified", path, GroupVersion::two);
    } else if (controllers.find("," + std::string(controller) + ",") != std::string::npos) {
      visit_all(mount / controller, path, GroupVersion::one);
      if (named != controller) visit_all(mount / named, path, GroupVersion::one);  // "cpu,cpuacct"
    }
  }
}

}  // namespace weft
