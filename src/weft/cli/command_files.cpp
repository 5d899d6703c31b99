// weft export, import.
#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/cli/arguments.h"
#include "weft/cli/job_recipe.h"
#include "weft/params/checkpoint_writer.h"
#include "weft/params/named_checkpoint.h"
#include "weft/report/progress.h"
#include "weft/report/run_files.h"
#include "weft/train/folder/run_folder.h"
#include "weft/train/folder/run_lock.h"
#include "weft/train/session/huggingface.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/session/run_identity.h"

namespace weft {

CheckpointReader open_checkpoint(const Arguments& arguments, const Recipe& recipe, const std::string& out) {
  const std::string& name = arguments.checkpoint;
  const auto run = named_run_folder(recipe, out);
  // A folder that is there is meant itself, whatever the run's checkpoints are called.
  std::error_code ignored;
  const bool is_path = name.find('/') != std::string::npos || std::filesystem::is_directory(name, ignored);
  if (!name.empty() && name != "best" && (is_path || !run)) return CheckpointReader(name);
  if (!run) {
    user_error(
        "no checkpoint is named: give the run's folder with --out, or one checkpoint with --checkpoint");
  }
  if (!name.empty())
    return CheckpointReader(named_checkpoint(checkpoints_of(*run), name, recipe.checkpoint.keep));
  const bool speaks = Communicator::world().rank() == 0;
  auto newest = open_newest_good(checkpoints_of(*run), [&](const std::string& warning) {
    if (speaks) Progress::say("warning: " + warning);
  });
  if (!newest) {
    user_error(
        "{}: no checkpoint here; name the run's folder with --out, or one checkpoint with --checkpoint",
        checkpoints_of(*run).string());
  }
  return std::move(*newest);
}

constexpr std::string_view kNoTokenizer =
    ", without a tokenizer: the recipe's has no vocab.json and merges.txt (of \"bytes\", a token's id is its "
    "byte)";

int command_export(const Arguments& arguments) {
  const auto [recipe, out] = job_recipe(arguments);
  const CheckpointReader checkpoint = open_checkpoint(arguments, recipe, out);
  const bool has_tokenizer = export_huggingface(recipe, checkpoint, arguments.target);
  fmt::print("{} exported to {}{}\n", checkpoint.folder().string(), arguments.target,
             has_tokenizer ? "" : kNoTokenizer);
  return 0;
}

int command_import(const Arguments& arguments) {
  // First, or a recipe of one rank would be told to split itself.
  if (Communicator::world().size() > 1) {
    user_error("import: this job has {} ranks, expected one; any mesh loads what it writes",
               Communicator::world().size());
  }
  const Recipe recipe = load_recipe(arguments.recipe, arguments.set);
  std::error_code error;
  if (!std::filesystem::is_directory(arguments.target, error)) {  // before a folder is made for the run
    user_error("import: --from {} is no folder, expected one with config.json and model.safetensors",
               arguments.target);
  }
  if (const auto named = named_run_folder(recipe, arguments.out)) {
    expect_no_checkpoints(*named, Communicator::world());
  }
  Session session(recipe, Communicator::world());
  import_huggingface(session, arguments.target, arguments.partial ? Import::partial : Import::whole);
  // Made last: where the import is refused no folder is left.
  const std::filesystem::path out = run_folder(recipe, arguments.out, Communicator::world());
  std::filesystem::create_directories(checkpoints_of(out));
  const RunLock lock(out, Communicator::world());
  expect_no_checkpoints(out, Communicator::world());
  CheckpointWriter writer(session.store(), session.world(), {checkpoints_of(out), 0, false});
  writer.write(0, RunIdentity::of(session, 0).to_json());
  writer.finish();
  keep_recipe(recipe, out);
  fmt::print("{} written; train on with weft resume {}\n", checkpoint_folder(checkpoints_of(out), 0).string(),
             out.string());
  return 0;
}

}  // namespace weft
