#pragma once
// The process's file descriptors are shared by all that reads data, and by the program around it.
#include <cstdint>

namespace weft {

/// Files that one user keeps open between reads. All of them together keep at most a quarter of what the
/// process may have open (`ulimit -n`), and 256 each.
class KeptOpen {
 public:
  /// Asks for so many; granted all, or none.
  explicit KeptOpen(int64_t files);
  ~KeptOpen();
  KeptOpen(const KeptOpen&) = delete;
  KeptOpen& operator=(const KeptOpen&) = delete;

  /// False: each read opens its file and closes it.
  bool granted() const { return granted_; }

 private:
  int64_t files_;
  bool granted_;
};

/// How many reads that open their files may be under way at once, where `wanted` would be good: an eighth of
/// what the process may have open.
int reads_at_once(int wanted);

}  // namespace weft
