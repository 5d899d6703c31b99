// weft train --try.
#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/cli/arguments.h"
#include "weft/cli/job_recipe.h"
#include "weft/report/progress.h"
#include "weft/report/text.h"
#include "weft/train/folder/run_folder.h"
#include "weft/train/session/same_job.h"
#include "weft/train/trainer.h"

namespace weft {

namespace {

constexpr int64_t kBatches = 2;  ///< of each evaluation

/// The command line of a run of two steps that does all that the whole run will do.
Arguments shortened(const Arguments& arguments, const Recipe& whole) {
  Arguments trial = arguments;
  for (const std::string& key :
       {std::string("run.epochs=0"), std::string("run.steps=2"), std::string("run.output="),
        fmt::format("run.name={}-try", whole.run.name), std::string("log.every=1"),
        std::string("log.evaluate_every=1"), fmt::format("log.evaluate_batches={}", kBatches),
        std::string("checkpoint.every=1"), std::string("checkpoint.resume=false")}) {
    trial.set.push_back(key);
  }
  // Text of a network that has learnt nothing says nothing. Other kinds of data have no such key.
  if (whole.data.kind->closing().tokens > 0) trial.set.emplace_back("log.sample_tokens=0");
  return trial;
}

}  // namespace

int command_try(const Arguments& arguments) {
  const Recipe whole = job_recipe(arguments).recipe;
  const Recipe recipe = job_recipe(shortened(arguments, whole)).recipe;
  const Communicator world = Communicator::world();
  expect_same_recipe(recipe, arguments.out, world);
  Session session(recipe, world);
  TrainOptions options;
  options.out = run_folder(recipe, arguments.out, world);
  options.trace = arguments.trace;
  options.last_batches = kBatches;
  const TrainResult result = train(session, options);
  if (world.rank() != 0) return result.exit_code();
  // Who wants to look at it names a folder.
  std::error_code error;
  if (arguments.out.empty()) std::filesystem::remove_all(options.out, error);
  if (result.end != TrainEnd::finished) {
    Progress::say("tried: interrupted, so nothing is known");
    return result.exit_code();
  }
  const int64_t steps = total_steps(whole, session.data());
  Progress::say(
      fmt::format("tried: steps, evaluations, checkpoints and the report work; a step takes {} (the "
                  "second of two; later ones are often faster), all {} about {} beside evaluations",
                  human_ms(result.step_ms), human_count(static_cast<double>(steps)),
                  clock_text(result.step_ms * 1e-3 * static_cast<double>(steps))));
  return 0;
}

}  // namespace weft
