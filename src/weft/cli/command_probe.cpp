// weft probe.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "weft/base/check.h"
#include "weft/base/host_share.h"
#include "weft/base/terminal.h"
#include "weft/base/threads.h"
#include "weft/cli/arguments.h"
#include "weft/machine/machine_cache.h"
#include "weft/probe/measured_here.h"
#include "weft/probe/probe.h"
#include "weft/probe/probe_table.h"

namespace weft {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Says on stderr what is being measured, and how long it will take: on a terminal in one line that changes,
/// else now and then, once the probe has taken long enough that a person wonders.
class Measuring {
 public:
  explicit Measuring(bool speaks) : speaks_(speaks) {}
  ~Measuring() {
    if (speaks_ && terminal_) fmt::print(stderr, "\r\033[K");
  }
  Measuring(const Measuring&) = delete;
  Measuring& operator=(const Measuring&) = delete;

  void show(const std::string& what, double left_s) {
    if (!speaks_ || (!terminal_ && Clock::now() < next_)) return;
    next_ = Clock::now() + std::chrono::seconds(5);
    const std::string left = left_s > 0 ? fmt::format(", {:.0f} s left", left_s) : "";
    fmt::print(stderr, "{}measuring: {}{}{}", terminal_ ? "\r\033[K" : "", what, left, terminal_ ? "" : "\n");
    std::fflush(stderr);
  }

 private:
  bool speaks_;
  bool terminal_ = is_terminal(STDERR_FILENO);
  Clock::time_point next_ = Clock::now() + std::chrono::seconds(2);
};

/// Where the description goes: --out, or a place in the cache, whose folder is made before the work is done.
fs::path place_for(const Arguments& arguments) {
  if (!arguments.out.empty()) return arguments.out;
  const std::optional<fs::path> folder = machine_cache_folder();
  if (!folder) {
    user_error(
        "probe: neither XDG_CACHE_HOME nor HOME is an absolute path, expected one of them, or --out "
        "FILE");
  }
  std::error_code error;
  fs::create_directories(*folder, error);
  if (error) {
    user_error("{}: the folder cannot be made: {}; --out FILE writes elsewhere", folder->string(),
               error.message());
  }
  return cached_machine_path(*folder, measured_here());
}

}  // namespace

int command_probe(const Arguments& arguments) {
  const Communicator world = Communicator::world();
  const bool first = world.rank() == 0;
  set_threads(arguments.threads > 0 ? arguments.threads : share_of_cores());
  const fs::path place = first ? place_for(arguments) : fs::path();
  ProbeOptions options;
  if (!arguments.file_system.empty()) options.folders[kFileSystem] = arguments.file_system;
  if (!arguments.local_disk.empty()) options.folders[kLocalDisk] = arguments.local_disk;
  options.seconds = arguments.seconds;
  Probe probe;
  {
    Measuring measuring(first);
    options.on_progress = [&](const std::string& what, double left_s) { measuring.show(what, left_s); };
    probe = probe_machine(world, options);
  }
  if (!first) return 0;
  fmt::print("{}", probe_table(probe));
  for (const std::string& what : probe.not_measured) fmt::print("not measured: {}\n", what);
  std::fflush(stdout);
  if (const std::string noise = noise_of(probe); !noise.empty()) fmt::print(stderr, "weft: {}\n", noise);
  write_machine(probe.machine, place);
  fmt::print("written to {}{}\n", place.string(),
             arguments.out.empty() ? ", where plans find it" : ", for data.machine and weft plan --machine");
  return 0;
}

}  // namespace weft
