// weft train, eval, generate.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "weft/base/check.h"
#include "weft/cli/arguments.h"
#include "weft/train/generate.h"
#include "weft/train/progress.h"
#include "weft/train/trainer.h"

namespace weft {

namespace {

constexpr int kInterrupted = 130;

/// The checkpoint that --checkpoint or --out names, loaded.
void load_checkpoint_of(Session& session, const Arguments& arguments) {
  if (!arguments.checkpoint.empty()) {
    session.load(arguments.checkpoint);
    return;
  }
  if (arguments.out.empty() && session.recipe().run.output.empty()) {
    user_error(
        "no checkpoint is named: give the run's folder with --out, or one checkpoint with --checkpoint");
  }
  const std::filesystem::path run = arguments.out.empty() ? session.recipe().run.output : arguments.out;
  const std::filesystem::path folder = run / "checkpoints";
  if (!session.load_newest(folder)) {
    user_error(
        "{}: no checkpoint here; name the run's folder with --out, or one checkpoint with --checkpoint",
        folder.string());
  }
}

}  // namespace

std::filesystem::path run_folder(const Arguments& arguments, const std::string& name) {
  if (!arguments.out.empty()) return arguments.out;
  // Every rank must name the same folder: rank 0's clock decides.
  std::time_t now = std::time(nullptr);
  Communicator::world().broadcast(&now, sizeof(now), 0);
  return std::filesystem::path("runs") / fmt::format("{}-{:%Y%m%d-%H%M%S}", name, fmt::localtime(now));
}

int command_train(const Arguments& arguments) {
  const Recipe recipe = load_recipe(arguments.recipe, arguments.set);
  TrainOptions options;
  options.out = !arguments.out.empty() || recipe.run.output.empty()
                    ? run_folder(arguments, recipe.run.name)
                    : std::filesystem::path(recipe.run.output);
  options.trace = arguments.trace;
  Session session(recipe, Communicator::world());
  const TrainResult result = train(session, options);
  if (session.world().rank() == 0) {
    if (result.validation) fmt::print("validation loss {:.4f}\n", result.validation->loss);
    if (result.validation && result.validation->accuracy) {
      fmt::print("validation accuracy {:.2f}%\n", 100 * *result.validation->accuracy);
    }
    fmt::print("report {}\n", result.report.string());
  }
  if (result.end == TrainEnd::finished) return 0;
  if (session.world().rank() == 0) {
    Progress::say(fmt::format("interrupted after step {}: go on with --out {} --set checkpoint.resume=true",
                              result.steps, options.out.string()));
  }
  // A code that is not 0 ends the job: not before every rank has written what it has to.
  session.world().barrier();
  return kInterrupted;
}

int command_eval(const Arguments& arguments) {
  Session session(load_recipe(arguments.recipe, arguments.set), Communicator::world());
  load_checkpoint_of(session, arguments);
  const Evaluation evaluation = evaluate(session, session.recipe().log.evaluate_batches);
  if (session.world().rank() != 0) return 0;
  fmt::print("validation loss {:.4f} over {} rows\n", evaluation.loss, evaluation.rows);
  if (evaluation.accuracy) fmt::print("validation accuracy {:.2f}%\n", 100 * *evaluation.accuracy);
  return 0;
}

int command_generate(const Arguments& arguments) {
  Session session(load_recipe(arguments.recipe, arguments.set), Communicator::world());
  load_checkpoint_of(session, arguments);
  GenerateOptions options;
  options.prompt = arguments.prompt;
  options.tokens = arguments.tokens;
  options.temperature = arguments.temperature;
  options.seed = static_cast<uint64_t>(session.recipe().run.seed);
  const std::string text = generate(session, options);
  if (session.world().rank() == 0) fmt::print("{}{}\n", options.prompt, text);
  return 0;
}

}  // namespace weft
