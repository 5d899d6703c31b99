#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace weft {

/// Bytes that this process could still take: what the machine has left, or its control group where that is
/// less, or any group that this one is nested in. The page cache counts as free, because it gives way.
int64_t available_memory();
/// The same as told by the files below `root`: proc/meminfo, proc/self/cgroup and sys/fs/cgroup, of either
/// version.
int64_t available_memory_under(const std::filesystem::path& root);

/// Bytes of [begin, begin + bytes) that lie in memory, as the kernel says, in whole pages: those that have
/// been touched and not been swapped out. `begin` is the start of a page.
int64_t resident_bytes(const std::byte* begin, int64_t bytes);
/// Bytes of the whole process that lie in memory.
int64_t resident_bytes_of_process();

}  // namespace weft
