// weft train, eval, generate.
#include <fmt/format.h>

#include <cmath>
#include <csignal>
#include <cstdio>

#include "weft/base/check.h"
#include "weft/cli/arguments.h"
#include "weft/cli/job_recipe.h"
#include "weft/report/counter.h"
#include "weft/report/progress.h"
#include "weft/train/folder/run_folder.h"
#include "weft/train/generation/generate.h"
#include "weft/train/guard/run_control.h"
#include "weft/train/session/same_job.h"
#include "weft/train/trainer.h"

namespace weft {

namespace {

constexpr int kSignalled = 128;  // and the number of the signal, as shells have it

void print_metrics(const Evaluation& evaluation) {
  for (const MetricValue& metric : evaluation.metrics) {
    fmt::print("validation {} {}\n", metric.name, metric.text);
  }
}

}  // namespace

int command_train(const Arguments& arguments) {
  const auto [recipe, out] = job_recipe(arguments);
  expect_same_recipe(recipe, out, Communicator::world());
  TrainOptions options;
  options.out = run_folder(recipe, out, Communicator::world());
  options.trace = arguments.trace;
  Session session(recipe, Communicator::world());
  const TrainResult result = train(session, options);
  if (session.world().rank() == 0) {
    if (result.validation) {
      fmt::print("validation loss {:.4f}\n", result.validation->loss);
      print_metrics(*result.validation);
    }
    fmt::print("report {}\n", result.report.string());
  }
  if (result.end == TrainEnd::finished) return 0;
  if (session.world().rank() == 0) {
    Progress::say(fmt::format(
        "interrupted after step {}{}: go on with weft resume {} (--out {} --set checkpoint.resume=true)",
        result.steps, result.is_late ? ", because its time is over" : "", options.out.string(),
        options.out.string()));
    if (result.requeue && !requeue_job()) {
      Progress::say(
          "warning: run.usr1 = \"requeue\": this is no job of Slurm's, or scontrol could not requeue it");
    }
  }
  // A code that is not 0 ends the job: not before every rank has written what it has to.
  session.world().barrier();
  return kSignalled + (result.signal != 0 ? result.signal : SIGTERM);
}

int command_resume(const Arguments& arguments) {
  Arguments on = arguments;
  on.set.emplace_back("checkpoint.resume=true");
  if (!std::filesystem::is_directory(on.recipe)) user_error("resume: {} is no folder of a run", on.recipe);
  return command_train(on);
}

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
  print_metrics(evaluation);
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
  session.load(open_checkpoint(arguments, recipe, out), true);
  GenerateOptions options;
  options.prompt = arguments.prompt;
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
    fmt::print("{}{}\n", options.prompt, text);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace weft
