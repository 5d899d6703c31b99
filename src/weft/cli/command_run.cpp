// weft eval, generate.
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "weft/base/check.h"
#include "weft/base/printable.h"
#include "weft/cli/arguments.h"
#include "weft/cli/job_recipe.h"
#include "weft/report/counter.h"
#include "weft/report/progress.h"
#include "weft/train/generation/generate.h"
#include "weft/train/trainer.h"

namespace weft {

namespace {

/// The weights of the checkpoint that the command line names; says which one it is.
void load_named(Session& session, const Arguments& arguments, const Recipe& recipe, const std::string& out) {
  const CheckpointReader checkpoint = open_checkpoint(arguments, recipe, out);
  if (session.world().rank() == 0) Progress::say("checkpoint " + checkpoint.folder().string());
  session.load(checkpoint, true);
}

}  // namespace

int command_eval(const Arguments& arguments) {
  const auto [recipe, out] = job_recipe(arguments);
  Session session(recipe, Communicator::world(), SessionUse::evaluate);
  load_named(session, arguments, recipe, out);
  Counter counter("evaluated batches:");
  const Evaluation evaluation = *evaluate(session, arguments.batches, [&](int64_t done, int64_t total) {
    if (session.world().rank() == 0) counter.show(done, total);
    return true;
  });
  if (!std::isfinite(evaluation.loss)) user_error("eval: the validation loss is {}", evaluation.loss);
  if (session.world().rank() != 0) return 0;
  fmt::print("{}", evaluation.lines());
  return 0;
}

int command_generate(const Arguments& arguments) {
  const auto [recipe, out] = job_recipe(arguments);
  Session session(recipe, Communicator::world(), SessionUse::generate);
  const bool speaks = session.world().rank() == 0;
  const Sampling& sampling = arguments.sampling;
  if (const auto& tokenizer = session.data().tokenizer;
      tokenizer != nullptr && sampling.top_k > tokenizer->vocabulary_size()) {
    if (speaks) {
      fmt::print(stderr, "weft: --top-k {}: the vocabulary has {} tokens; weft generate --help tells more\n",
                 sampling.top_k, tokenizer->vocabulary_size());
    }
    return kUsage;
  }
  load_named(session, arguments, recipe, out);
  GenerateOptions options;
  options.prompt = arguments.prompt.value_or(recipe.data.kind->closing().prompt);
  options.tokens = arguments.tokens;
  options.sampling = sampling;
  options.seed = static_cast<uint64_t>(arguments.seed.value_or(session.recipe().run.seed));
  if (speaks && arguments.samples > 1 && sampling.temperature <= 0) {
    Progress::say("--temperature 0 takes the likeliest token each time, so all samples will be equal");
  }
  for (; options.sample < arguments.samples; ++options.sample) {
    const std::string text = generate(session, options);
    if (!speaks) continue;
    if (arguments.samples > 1) {
      fmt::print("{}sample {} of {}\n", options.sample > 0 ? "\n" : "", options.sample + 1,
                 arguments.samples);
    }
    fmt::print("{}\n", printable_on(STDOUT_FILENO, options.prompt + text));
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace weft
