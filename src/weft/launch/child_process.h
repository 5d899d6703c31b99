#pragma once
// A process that launch starts, and those that it leaves behind.
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weft {

/// What a program prints on standard output and error; "" where it cannot be started.
std::string output_of(const std::vector<std::string>& words);

/// From here to its end the signals that end a run, SIGUSR1 and SIGCHLD are kept for wait_for_signal(), and
/// processes whose parent ends become this process's, so that none is lost.
class SupervisedProcesses {
 public:
  SupervisedProcesses();
  ~SupervisedProcesses();
  SupervisedProcesses(const SupervisedProcesses&) = delete;
  SupervisedProcesses& operator=(const SupervisedProcesses&) = delete;

  /// Starts a program in a process group of its own, so that a terminal's Ctrl-C reaches it through this
  /// process alone, with nothing to read. It gets SIGTERM when this process ends, however that ends.
  /// UserError where it cannot be started.
  pid_t start(const std::vector<std::string>& words,
              const std::vector<std::pair<std::string, std::string>>& environment);

  /// The next signal that came; 0 where none did within `limit`.
  int wait_for_signal(std::chrono::milliseconds limit) const;

  /// Takes in all processes that have ended; the exit code of `pid` where it is among them, 128 + the signal
  /// that ended it.
  static std::optional<int> reap(pid_t pid);

  /// Sends `signal` to all processes that descend from this one but `spared`. How many.
  static int signal_descendants(int signal, pid_t spared = 0);

 private:
  sigset_t old_{};
  sigset_t watched_{};
};

}  // namespace weft
