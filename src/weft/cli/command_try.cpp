// weft train --try.
#include <fmt/format.h>

#include <utility>

#include "weft/base/check.h"
#include "weft/base/plural.h"
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

/// A folder that nobody named: it is removed whatever becomes of the trial, as no part of it is a run.
class TrialFolder {
 public:
  TrialFolder(std::filesystem::path folder, bool is_named, bool speaks)
      : folder_(std::move(folder)), is_named_(is_named), speaks_(speaks) {}
  ~TrialFolder() {
    if (is_named_) return;
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
    if (!is_over_ && speaks_) {
      Progress::say(fmt::format("tried: it failed, and its folder {} is removed; --out FOLDER keeps one",
                                folder_.string()));
    }
  }
  TrialFolder(const TrialFolder&) = delete;
  TrialFolder& operator=(const TrialFolder&) = delete;
  const std::filesystem::path& path() const { return folder_; }
  void is_over() { is_over_ = true; }

 private:
  std::filesystem::path folder_;
  bool is_named_;
  bool speaks_;
  bool is_over_ = false;
};

}  // namespace

int command_try(const Arguments& arguments) {
  const Recipe whole = job_recipe(arguments).recipe;
  const Recipe recipe = job_recipe(shortened(arguments, whole)).recipe;
  const Communicator world = Communicator::world();
  expect_same_recipe(recipe, arguments.out, world);
  Session session(recipe, world);
  TrainOptions options;
  TrialFolder folder(run_folder(recipe, arguments.out, world), !arguments.out.empty(), world.rank() == 0);
  options.out = folder.path();
  options.trace = arguments.trace;
  options.last_batches = kBatches;
  const TrainResult result = train(session, options);
  folder.is_over();
  // Ranks have written all that they write.
  world.barrier();
  if (world.rank() != 0) return result.exit_code();
  if (result.end != TrainEnd::finished) {
    Progress::say("tried: interrupted, so nothing is known");
    return result.exit_code();
  }
  const int64_t steps = total_steps(whole, session.data());
  Progress::say(fmt::format(
      "tried: steps, evaluations, checkpoints and the report work; the second of two steps took {}, "
      "which makes roughly {} of {}, beside evaluations; later steps are often faster",
      human_ms(result.step_ms), clock_text(result.step_ms * 1e-3 * static_cast<double>(steps)),
      plural(steps, "step", human_count(static_cast<double>(steps)))));
  return 0;
}

}  // namespace weft
