// weft export, import.
#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/cli/arguments.h"
#include "weft/params/checkpoint.h"
#include "weft/train/huggingface.h"
#include "weft/train/progress.h"

namespace weft {

int command_export(const Arguments& arguments) {
  const Recipe recipe = load_recipe(arguments.recipe, arguments.set);
  std::filesystem::path checkpoint = arguments.checkpoint;
  if (checkpoint.empty()) {
    const std::filesystem::path folder = run_folder(arguments, recipe.run.name) / "checkpoints";
    const auto newest =
        find_newest_good(folder, [](const std::string& text) { Progress::say("warning: " + text); });
    if (!newest) {
      user_error("{}: no checkpoint here; name the run's folder with --out, or one with --checkpoint",
                 folder.string());
    }
    checkpoint = *newest;
  }
  export_huggingface(recipe, CheckpointReader(checkpoint), arguments.target);
  fmt::print("{} exported to {}\n", checkpoint.string(), arguments.target);
  return 0;
}

int command_import(const Arguments& arguments) {
  Session session(load_recipe(arguments.recipe, arguments.set), Communicator::world());
  if (session.world().size() > 1) user_error("import: run it on one rank; any mesh loads what it writes");
  import_huggingface(session, arguments.target);
  const std::filesystem::path out = run_folder(arguments, session.recipe().run.name);
  std::filesystem::create_directories(out / "checkpoints");
  const std::filesystem::path made =
      save_checkpoint(session.store(), session.world(), out / "checkpoints", 0, 0, "{}");
  fmt::print("{} written; train on with --out {} --set checkpoint.resume=true\n", made.string(),
             out.string());
  return 0;
}

}  // namespace weft
