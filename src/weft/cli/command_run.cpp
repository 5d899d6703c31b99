// weft eval, generate.
#include <fmt/format.h>

#include <cmath>

#include "weft/base/check.h"
#include "weft/cli/arguments.h"
#include "weft/cli/job_recipe.h"
#include "weft/report/counter.h"
#include "weft/train/generation/generate.h"
#include "weft/train/trainer.h"

namespace weft {

int command_eval(const Arguments& arguments) {
  const auto [recipe, out] = job_recipe(arguments);
  Session session(recipe, Communicator::world(), SessionUse::evaluate);
  session.load(open_checkpoint(arguments, recipe, out), true);
  Counter counter("evaluated batches:");
  const Evaluation evaluation = *evaluate(session, arguments.batches, [&](int64_t done, int64_t total) {
    if (session.world().rank() == 0) counter.show(done, total);
    return true;
  });
  if (!std::isfinite(evaluation.loss)) user_error("eval: the validation loss is {}", evaluation.loss);
  if (session.world().rank() != 0) return 0;
  fmt::print("validation loss {:.4f} over {} targets\n", evaluation.loss, evaluation.targets);
  fmt::print("{}", evaluation.lines());
  return 0;
}

int command_generate(const Arguments& arguments) {
  const auto [recipe, out] = job_recipe(arguments);
  Session session(recipe, Communicator::world(), SessionUse::generate);
  session.load(open_checkpoint(arguments, recipe, out), true);
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
