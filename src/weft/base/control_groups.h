#pragma once
#include <filesystem>
#include <functional>
#include <string_view>

namespace weft {

/// The two versions of Linux's control groups, whose files differ.
enum class GroupVersion : uint8_t { one, two };

/// Visits the control groups that limit this process by `controller` ("memory", "cpu"): its own and all that
/// it is nested in, as far as they are to be seen. Inside a container the mount is often the container's own
/// group, and the paths mean nothing there. `root`: of the file system, "/" but in tests.
void each_control_group(
    const std::filesystem::path& root, std::string_view controller,
    const std::function<void(const std::filesystem::path& group, GroupVersion version)>& visit);

}  // namespace weft
