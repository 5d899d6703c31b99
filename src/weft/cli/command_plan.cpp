// weft plan.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/base/cores.h"
#include "weft/cli/arguments.h"
#include "weft/cli/job_recipe.h"
#include "weft/cli/plan_summary.h"
#include "weft/data/stream/epoch_batches.h"
#include "weft/datasets/data_place.h"
#include "weft/graph/graph_file.h"
#include "weft/models/model.h"
#include "weft/plan/costs.h"
#include "weft/price/price.h"
#include "weft/probe/measured_here.h"
#include "weft/report/progress.h"
#include "weft/report/text.h"
#include "weft/train/session/launch.h"
#include "weft/train/session/planning_counter.h"
#include "weft/train/session/priced_by.h"
#include "weft/train/session/session.h"

namespace weft {

namespace {

constexpr size_t kColumns = 98;

/// What the data would say, without reading them where that is known beforehand.
DataFacts facts_for(const Recipe& recipe) {
  if (const auto known = recipe.data.kind->foretell(recipe, recipe.model.kind->ids())) return *known;
  try {
    expect_data_there(recipe.data);
  } catch (const UserError& error) {
    user_error(
        "{}; without data, data.declare says what a sample is: {{sample = [224, 224, 3], classes = 1000}}",
        error.what());
  }
  return open_data(recipe, Communicator::world()).facts;
}

/// The recipe with as many ranks along the data axis as --ranks leaves for it.
void spread_over(Recipe& recipe, int64_t ranks) {
  const int64_t data = data_parts(recipe.parallel, ranks, "--ranks");
  if (recipe.parallel.data != 1 && recipe.parallel.data != data && Communicator::world().rank() == 0) {
    fmt::print("--ranks {} makes parallel.data {}, where the recipe says {}\n", ranks, data,
               recipe.parallel.data);
  }
  recipe.parallel.data = data;
}

/// Broken at spaces, so that no line is longer; those after the first are indented.
std::string wrapped(const std::string& text, size_t width) {
  std::string lines;
  size_t column = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const size_t length = end - begin;
    if (column > 0 && column + 1 + length > width) {
      lines += "\n  ";
      column = 2;
    } else if (column > 0) {
      lines += " ";
      ++column;
    }
    lines += text.substr(begin, length);
    column += length;
    begin = end + 1;
  }
  return lines;
}

/// The machine that is named, else what weft probe has kept of this one: for all ranks of the recipe on it,
/// or for one, whose likes they then are.
PricedBy machine_for(const Arguments& arguments, const Recipe& recipe) {
  if (!arguments.machine.empty()) return priced_by_file(arguments.machine);
  if (!recipe.data.loading.machine.empty()) return priced_by_file(recipe.data.loading.machine);
  const auto with_ranks = [&](int ranks) {
    MeasuredOn here = measured_here();
    here.ranks = ranks;
    here.threads = recipe.run.threads > 0 ? static_cast<int>(recipe.run.threads)
                                          : std::max(1, available_cores() / ranks);
    return priced_by_cache(here);
  };
  const int ranks = mesh_of(recipe.parallel).ranks();
  PricedBy by = with_ranks(ranks);
  if (ranks > 1 && !by.is_measured() && by.remark.empty()) by = with_ranks(1);
  if (!by.remark.empty()) Progress::say(by.remark);
  return by;
}

/// What the times are made of, and what of it nobody measured.
void print_machine(const PricedBy& by, int ranks) {
  const std::vector<std::string> assumed = stand_ins(by.machine, ranks);
  std::string text = "priced for " + by.what;
  if (!by.is_measured()) text += " (weft probe measures this one, --machine takes a file of another)";
  if (!assumed.empty()) {
    text += fmt::format("; {}: {}", by.is_measured() ? "not measured, and assumed" : "assumed",
                        fmt::join(assumed, "; "));
  }
  fmt::print("{}\n", wrapped(text, kColumns));
}

void print_sample(const Recipe& recipe, const DataFacts& facts) {
  const DeclaredData& declared = recipe.data.declare;
  const bool is_declared = declared.vocabulary > 0 || !declared.sample.empty();
  const std::string text =
      fmt::format("a sample: {}{}", text_of(facts), is_declared ? ", as data.declare says" : "");
  fmt::print("{}\n", wrapped(text, kColumns));
}

/// How long the training is, where the recipe says how many samples it has. A step of `step_ms` has
/// one update, however many microbatches.
void print_length(const Recipe& recipe, double step_ms) {
  if (recipe.data.declare.samples == 0) return;
  TrainingData data;
  data.epoch_batches =
      batches_of_samples(recipe, recipe.data.declare.samples, recipe.data.loading.last_batch);
  if (data.epoch_batches == 0) {
    fmt::print("{}\n", too_few_for_a_step(recipe.data.declare.samples, recipe.data.batch));
    return;
  }
  const int64_t accumulate = recipe.optimizer.accumulate;
  const int64_t steps = total_steps(recipe, data);
  fmt::print(
      "{} samples, as data.declare says: {} steps an epoch; the whole run has {} steps, {} predicted\n",
      recipe.data.declare.samples, data.epoch_batches / accumulate, steps,
      human_seconds(static_cast<double>(steps) * step_ms * 1e-3));
}

void print_segments(const Program& program) {
  double total = 0;
  for (const SegmentId id : program.order) {
    const SegmentProgram& code = program.segment(id);
    Cost cost;
    for (const Instruction& instruction : code.instructions) cost.add(instruction.predicted);
    fmt::print("{:<11} {:>5} instructions {:>9.2f} Gflop {:>9} moved {:>9} sent {:>8.2f} ms predicted\n",
               code.segment.name, code.instructions.size(), cost.flops * 1e-9, format_bytes(cost.moved_bytes),
               format_bytes(cost.network_bytes), cost.ms);
    if (code.segment.cadence.kind != Cadence::Kind::on_call) total += cost.ms;
  }
  fmt::print("a step, without accumulation: {:.2f} ms predicted\n", total);
}

}  // namespace

int command_plan(const Arguments& arguments) {
  const bool speaks = Communicator::world().rank() == 0;
  if (arguments.list_passes) {
    if (speaks) fmt::print("{}", stage_reference());
    return 0;
  }
  if (arguments.recipe.empty()) user_error("weft plan: got no recipe, expected one or --list-passes");
  Recipe recipe = named_recipe(arguments.recipe, arguments.set);
  if (arguments.ranks > 0) spread_over(recipe, arguments.ranks);
  PlanOptions options;
  options.measure_stages = arguments.stages || arguments.explain;
  options.skip.insert(arguments.skip.begin(), arguments.skip.end());
  if (arguments.passes) {
    options.print = [](const std::string& pass, const std::string& graph) {
      fmt::print("=== after {}\n{}\n", pass, graph);
    };
  }
  const DataFacts facts = facts_for(recipe);  // all ranks may have to open the data
  if (!speaks) return 0;
  if (arguments.dot || arguments.graph || !arguments.graph_file.empty()) {
    const Graph graph = build_training_graph(recipe, facts);
    if (!arguments.graph_file.empty()) {
      write_graph(graph, arguments.graph_file);
      return 0;
    }
    fmt::print("{}", arguments.dot ? to_dot(graph) : to_text(graph));
    return 0;
  }
  const PricedBy by = machine_for(arguments, recipe);
  options.machine = by.machine;
  PlanningCounter counter;
  options.progress = counter.progress();
  const auto began = std::chrono::steady_clock::now();
  const Plan plan = plan_recipe(recipe, facts, std::move(options));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print("{}", plan_summary(recipe, plan.program));
  print_sample(recipe, facts);
  print_machine(by, plan.program.mesh.ranks());
  fmt::print("mesh {}; planned in {:.2f} s\n\n", plan.program.mesh.to_string(), took.count());
  fmt::print("{}\n", cost_tables(recipe, plan.program));
  if (arguments.tensors) fmt::print("{}\n", tensor_table(plan.program));
  if (arguments.explain) fmt::print("{}\n", explain(plan));
  if (arguments.stages && !arguments.explain) fmt::print("{}\n", stage_table(plan));
  print_segments(plan.program);
  print_length(recipe, cost_of_step(plan.program, recipe.optimizer.accumulate).ms);
  return 0;
}

}  // namespace weft
