// What looking at every element of a batch costs beside the step that the batch is for: batch_rules RECIPE
// [KEY=VALUE ...]. Each step is timed, and after it the check of its batch once more, which the step has
// driven out of the caches as far as it moves more than they hold.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "bench/interleaved.h"
#include "weft/base/byte_size.h"
#include "weft/datasets/batch_rules.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/session/session.h"
#include "weft/train/training_step.h"

using namespace weft;

namespace {

constexpr int kSteps = 12;
constexpr int kWarmUp = 3;

/// Of both tensors of the batch that stands in the inputs: input in place, as the step feeds it.
double check_us(Session& session) {
  const DataFacts& facts = session.data().facts;
  const View input = session.executor().view(facts.input.name);
  const View target = session.executor().view(facts.target.name);
  std::vector<uint8_t> there(static_cast<size_t>(input.type.shape[0]), 1);
  const double seconds = seconds_of(
      [&] {
        const bool is_clean = !apply_rules(facts.input, BatchPart::input, input, there) &&
                              !apply_rules(facts.target, BatchPart::target, target, there);
        if (!is_clean) std::abort();
      },
      1);
  return seconds * 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  const CommSession communication(&argc, &argv);
  const std::vector<std::string> set(argv + 2, argv + argc);
  Session session(load_recipe(argv[1], set), Communicator::world());
  TrainingStep step(session);
  std::vector<double> steps, checks;
  for (int i = 0; i < kSteps; ++i) {
    const double seconds = seconds_of([&] { step.run(i, 1e-4); }, 1);
    const double check = check_us(session);
    if (i < kWarmUp) continue;
    steps.push_back(seconds * 1e6);
    checks.push_back(check);
  }
  const auto microbatches = static_cast<double>(session.recipe().optimizer.accumulate);
  const DataFacts& facts = session.data().facts;
  const int64_t bytes =
      session.executor().view(facts.input.name).bytes() + session.executor().view(facts.target.name).bytes();
  const double check = median(checks) * microbatches;
  fmt::print("{:24} {:>9} a microbatch  step {:9.2f} ms  check {:7.3f} ms  {:.3f}%\n",
             session.recipe().run.name, format_bytes(bytes), median(steps) / 1e3, check / 1e3,
             100 * check / median(steps));
  return 0;
}
