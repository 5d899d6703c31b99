// weft runs, compare.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "weft/base/check.h"
#include "weft/base/replaced_file.h"
#include "weft/cli/arguments.h"
#include "weft/cli/job_recipe.h"
#include "weft/recipe/difference.h"
#include "weft/report/comparison.h"
#include "weft/report/facts.h"
#include "weft/report/run_files.h"
#include "weft/report/run_overview.h"
#include "weft/train/folder/run_lock.h"
#include "weft/train/session/load_recipe.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// One run that is broken does not hide the others.
RunOverview overview_in(const fs::path& folder) {
  try {
    return overview_of(folder, read_report_input(folder, RunLock::is_held(folder)));
  } catch (const UserError& error) {
    RunOverview broken;
    broken.folder = folder;
    broken.remark = error.what();
    return broken;
  }
}

}  // namespace

int command_runs(const Arguments& arguments) {
  std::vector<RunOverview> runs;
  for (const std::string& folder : arguments.targets) {
    if (!fs::is_directory(folder)) user_error("runs: there is no folder {}", folder);
    for (const fs::path& run : find_runs(folder)) runs.push_back(overview_in(run));
  }
  if (runs.empty()) {
    fmt::print("no runs in {}; a run's folder has a recipe.toml\n", fmt::join(arguments.targets, ", "));
    return 0;
  }
  fmt::print("{}", overview_table(std::move(runs)));
  return 0;
}

int command_compare(const Arguments& arguments) {
  std::vector<ComparedRun> runs;
  std::vector<Recipe> recipes;
  for (const std::string& folder : arguments.targets) {
    expect_run(folder);
    runs.push_back({folder, read_report_input(folder, RunLock::is_held(folder))});
    recipes.push_back(load_recipe(recipe_of(folder).string()));
  }
  std::vector<ComparedLine> keys;
  for (KeyValues& key : differing_keys(recipe_table(), recipes)) {
    keys.push_back({std::move(key.key), std::move(key.values)});
  }
  fmt::print("{}\n", comparison_table(runs, compare_courses(runs)));
  fmt::print("{}", keys.empty() ? "the recipes are equal\n" : comparison_table(runs, keys));
  for (const std::string& note : comparison_notes(runs)) fmt::print("{}\n", note);
  const std::string page = comparison_html(runs, keys);
  const std::string drawn = arguments.out.empty() ? "compare.html" : arguments.out;
  ReplacedFile file(drawn, "comparison");
  file.write(page.data(), page.size());
  file.commit();
  fmt::print("\ndrawn in {}\n", drawn);
  return 0;
}

}  // namespace weft
