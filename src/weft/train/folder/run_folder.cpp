#include "weft/train/folder/run_folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "weft/base/check.h"
#include "weft/base/replaced_file.h"
#include "weft/datasets/data_kind.h"
#include "weft/params/checkpoint_files.h"
#include "weft/report/run_files.h"
#include "weft/train/session/load_recipe.h"

namespace weft {

std::optional<std::filesystem::path> named_run_folder(const Recipe& recipe, const std::string& out) {
  if (!out.empty()) return out;
  if (!recipe.run.output.empty()) return recipe.run.output;
  return std::nullopt;
}

namespace {

namespace fs = std::filesystem;

/// Makes runs/NAME-DATE; with a number behind it where others began in the same second.
std::string make_dated(const std::string& name) {
  std::error_code error;
  fs::create_directories("runs", error);
  const fs::path first =
      fs::path("runs") / fmt::format("{}-{:%Y%m%d-%H%M%S}", name, fmt::localtime(std::time(nullptr)));
  fs::path made = first;
  for (int number = 2; !error && !fs::create_directory(made, error); ++number) {
    if (!error) made = fmt::format("{}-{}", first.string(), number);
  }
  if (error) return fmt::format("!{}: the run's folder cannot be made: {}", made.string(), error.message());
  return made.string();
}

/// Of a folder, or beside a file, only what is read: weights may lie there.
void copy_kept(const DataKind::KeptFile& kept, const fs::path& to, std::error_code& error) {
  constexpr auto kOver = fs::copy_options::overwrite_existing;
  const bool is_folder = fs::is_directory(kept.path);
  if (!is_folder) fs::copy_file(kept.path, to, kOver, error);
  const fs::path from = is_folder ? fs::path(kept.path) : fs::path(kept.path).parent_path();
  const fs::path into = is_folder ? to : to.parent_path();
  if (!error) fs::create_directories(into, error);
  for (const std::string& name : kept.names) {
    std::error_code unseen;
    if (!error && fs::exists(from / name, unseen)) fs::copy_file(from / name, into / name, kOver, error);
  }
}

/// What the trained network needs beside its weights travels with the run's folder.
void keep_files(const Recipe& recipe, const fs::path& run) {
  for (const DataKind::KeptFile& kept : recipe.data.kind->files_to_keep()) {
    const fs::path to = kept_file_of(run, kept.path);
    std::error_code error;
    if (!fs::exists(kept.path, error) || fs::equivalent(kept.path, to, error)) continue;
    error.clear();
    fs::create_directories(to.parent_path(), error);
    copy_kept(kept, to, error);
    if (error) {
      user_error("{}: {} cannot be copied there: {}", to.parent_path().string(), kept.path, error.message());
    }
  }
}

}  // namespace

void keep_recipe(const Recipe& recipe, const fs::path& run) {
  Recipe kept = recipe;
  kept.checkpoint.resume = false;
  kept.checkpoint.changes = ResumeChanges::refuse;
  const std::string text = to_toml(kept);
  ReplacedFile file(recipe_of(run), "recipe of the run");
  file.write(text.data(), text.size());
  file.commit();
  keep_files(recipe, run);
}

fs::path run_folder(const Recipe& recipe, const std::string& out, const Communicator& world) {
  if (const auto named = named_run_folder(recipe, out)) return *named;
  // Every rank must name the same folder: rank 0 decides.
  const std::string made = world.all_gather_text(world.rank() == 0 ? make_dated(recipe.run.name) : "")[0];
  if (made.starts_with('!')) throw UserError(made.substr(1));
  return made;
}

void expect_no_checkpoints(const fs::path& folder, const Communicator& world) {
  int32_t old = world.rank() == 0 && !list_checkpoints(checkpoints_of(folder)).empty() ? 1 : 0;
  world.broadcast(&old, sizeof(old), 0);
  if (old == 0) return;
  user_error(
      "--out {}: holds the checkpoints of an earlier run; go on from it with --set checkpoint.resume=true, "
      "or name another folder",
      folder.string());
}

}  // namespace weft
