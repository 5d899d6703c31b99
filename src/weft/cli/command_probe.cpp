// weft probe.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "weft/base/check.h"
#include "weft/base/host_share.h"
#include "weft/base/terminal.h"
#include "weft/base/threads.h"
#include "weft/cli/arguments.h"
#include "weft/probe/probe.h"
#include "weft/train/session/launch.h"

namespace weft {

namespace {

/// Says on stderr what is being measured: on a terminal in one line that changes, else once the probe has
/// taken long enough that a person wonders.
class Measuring {
 public:
  explicit Measuring(bool speaks) : speaks_(speaks) {}
  ~Measuring() {
    if (speaks_ && terminal_) fmt::print(stderr, "\r\033[K");
  }
  Measuring(const Measuring&) = delete;
  Measuring& operator=(const Measuring&) = delete;

  void show(const std::string& what) const {
    constexpr std::chrono::seconds kQuiet(2);
    if (!speaks_ || (!terminal_ && std::chrono::steady_clock::now() - began_ < kQuiet)) return;
    fmt::print(stderr, "{}measuring {}{}", terminal_ ? "\r\033[K" : "", what, terminal_ ? "" : "\n");
    std::fflush(stderr);
  }

 private:
  bool speaks_;
  bool terminal_ = is_terminal(STDERR_FILENO);
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

int command_probe(const Arguments& arguments) {
  const Communicator world = Communicator::world();
  const bool first = world.rank() == 0;
  set_threads(share_of_cores());
  ProbeOptions options;
  if (!arguments.file_system.empty()) options.folders[kFileSystem] = arguments.file_system;
  if (!arguments.local_disk.empty()) options.folders[kLocalDisk] = arguments.local_disk;
  Probe probe;
  {
    const Measuring measuring(first);
    options.on_progress = [&](const std::string& what) { measuring.show(what); };
    probe = probe_machine(world, options);
  }
  if (!first) return 0;
  const std::string text = to_json(probe.machine);
  fmt::print("{}\n", text);
  for (const std::string& what : probe.not_measured) fmt::print(stderr, "not measured: {}\n", what);
  if (arguments.out.empty()) return 0;
  std::ofstream file(arguments.out);
  file << text << "\n";
  file.close();
  if (!file) user_error("{}: the machine description cannot be written", arguments.out);
  return 0;
}

}  // namespace weft
