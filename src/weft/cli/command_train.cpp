// weft train, resume.
#include <fmt/format.h>

#include <filesystem>

#include "weft/base/check.h"
#include "weft/cli/arguments.h"
#include "weft/cli/job_recipe.h"
#include "weft/report/progress.h"
#include "weft/train/folder/run_folder.h"
#include "weft/train/guard/run_control.h"
#include "weft/train/session/same_job.h"
#include "weft/train/trainer.h"

namespace weft {

int command_train(const Arguments& arguments) {
  if (arguments.trial) return command_try(arguments);
  const auto [recipe, out] = job_recipe(arguments);
  expect_same_recipe(recipe, out, Communicator::world());
  const std::filesystem::path going_on =
      recipe.checkpoint.resume ? named_run_folder(recipe, out).value_or("") : "";
  Session session(recipe, Communicator::world(), SessionUse::train, going_on);
  // Made last: where data or the plan are refused no folder is left.
  TrainOptions options;
  options.out = run_folder(recipe, out, Communicator::world());
  options.trace = arguments.trace;
  const TrainResult result = train(session, options);
  if (session.world().rank() == 0) {
    fmt::print("{}", result.measured());
    fmt::print("report {}\n", result.report.string());
  }
  const int code = result.exit_code();
  if (code == 0) return code;
  if (session.world().rank() == 0) {
    Progress::say(fmt::format("interrupted after step {}{}: go on with weft resume {}", result.steps,
                              result.is_late ? ", because its time is over" : "", options.out.string()));
    if (result.requeue && !requeue_job()) {
      Progress::say(
          "warning: run.usr1 = \"requeue\": this is no job of Slurm's, or scontrol could not requeue it");
    }
  }
  // A code that is not 0 ends the job: not before every rank has written what it has to.
  session.world().barrier();
  return code;
}

int command_resume(const Arguments& arguments) {
  Arguments on = arguments;
  on.set.emplace_back("checkpoint.resume=true");
  expect_run(on.recipe);
  return command_train(on);
}

}  // namespace weft
