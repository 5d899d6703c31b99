// weft report.
#include <fmt/format.h>

#include "weft/cli/arguments.h"
#include "weft/cli/job_recipe.h"
#include "weft/report/facts.h"
#include "weft/report/run_files.h"
#include "weft/train/folder/run_lock.h"

namespace weft {

int command_report(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.target;
  expect_run(folder);
  const std::filesystem::path path =
      arguments.out.empty() ? report_of(folder) : std::filesystem::path(arguments.out);
  write_report(path, read_report_input(folder, RunLock::is_held(folder)));
  fmt::print("report {}\n", path.string());
  return 0;
}

}  // namespace weft
