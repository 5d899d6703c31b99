// weft report.
#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/cli/arguments.h"
#include "weft/report/facts.h"
#include "weft/report/run_files.h"
#include "weft/train/folder/run_lock.h"

namespace weft {

int command_report(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.target;
  if (!std::filesystem::is_directory(folder))
    user_error("{}: there is no such folder of a run", folder.string());
  const std::filesystem::path path =
      arguments.out.empty() ? report_of(folder) : std::filesystem::path(arguments.out);
  write_report(path, read_report_input(folder, RunLock::is_held(folder)));
  fmt::print("report {}\n", path.string());
  return 0;
}

}  // namespace weft
