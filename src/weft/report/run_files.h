#pragma once
// What lies where in a run's folder.
#include <filesystem>
#include <string>

namespace weft {

/// The whole recipe, as TOML.
inline std::filesystem::path recipe_of(const std::filesystem::path& run) { return run / "recipe.toml"; }
/// The machine that the run's plan is priced by, as weft probe writes one.
inline std::filesystem::path machine_of(const std::filesystem::path& run) { return run / "machine.json"; }
/// A row a step.
inline std::filesystem::path metrics_log_of(const std::filesystem::path& run) {
  return run / "metrics.jsonl";
}
/// The log of steps that were made again from the first on, as the checkpoints were gone: 1 for the oldest.
inline std::filesystem::path earlier_log_of(const std::filesystem::path& run, int number) {
  return run / ("metrics." + std::to_string(number) + ".jsonl");
}
/// What the page shows beside the log, written at the end.
inline std::filesystem::path report_facts_of(const std::filesystem::path& run) { return run / "report.json"; }
/// The page.
inline std::filesystem::path report_of(const std::filesystem::path& run) { return run / "report.html"; }
/// A folder: copies of small files that a trained model needs, such as its tokenizer.
inline std::filesystem::path kept_files_of(const std::filesystem::path& run) { return run / "files"; }
/// The copy of what `path` names.
inline std::filesystem::path kept_file_of(const std::filesystem::path& run,
                                          const std::filesystem::path& path) {
  const std::filesystem::path plain = path.lexically_normal();
  return kept_files_of(run) / (plain.has_filename() ? plain : plain.parent_path()).filename();
}
/// A folder.
inline std::filesystem::path checkpoints_of(const std::filesystem::path& run) { return run / "checkpoints"; }

}  // namespace weft
