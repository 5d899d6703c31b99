#include "weft/train/session/session.h"

#include <algorithm>
#include <utility>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/models/model.h"
#include "weft/parallel/strategies/named_axes.h"
#include "weft/params/initialize.h"
#include "weft/report/progress.h"
#include "weft/tasks/best_measure.h"
#include "weft/train/session/launch.h"
#include "weft/train/session/planning_counter.h"
#include "weft/train/session/run_identity.h"
#include "weft/train/session/same_job.h"

namespace weft {

namespace {

LoadRules load_rules(const CheckpointReader& checkpoint, bool optimizer_may_differ) {
  LoadRules rules;
  rules.optimizer_may_differ = optimizer_may_differ;
  if (const auto identity = RunIdentity::from_json(checkpoint.extra_json(), checkpoint.folder().string())) {
    rules.is_of_optimizer = [kinds = identity->kinds](const std::string& name) {
      const auto kind = kinds.find(name);
      return kind != kinds.end() && kind->second != kParameter.name && kind->second != kBuffer.name;
    };
  }
  return rules;
}

void check_replan(const Recipe& old, const Recipe& recipe) {
  DataSection data = recipe.data;
  data.batch = old.data.batch;
  if (data != old.data) user_error("replan: [data] may change in data.batch only");
  if (recipe.parallel != old.parallel) user_error("replan: [parallel] may not change");
  if (recipe.run.device != old.run.device) user_error("replan: run.device may not change");
}

}  // namespace

TrainingData open_data(const Recipe& recipe, const Communicator& world) {
  return recipe.data.kind->open(recipe, world, recipe.model.kind->ids());
}

BatchFeed feed_of(const Recipe& recipe, const DataFacts& facts, const Communicator& world) {
  const LoadingKeys& loading = recipe.data.loading;
  const bool skips =
      facts.input.missing == MissingNumbers::skip || facts.target.missing == MissingNumbers::skip;
  return {{facts, skips || loading.on_bad == OnBadSample::skip, loading.bad_limit}, world};
}

Plan plan_recipe(const Recipe& recipe, const DataFacts& facts, PlanOptions options) {
  return plan_graph(build_training_graph(recipe, facts), recipe, std::move(options));
}

Plan plan_graph(const Graph& graph, const Recipe& recipe, PlanOptions options) {
  DeviceRegistry devices;
  register_all_devices(devices);
  options.mesh = mesh_of(recipe.parallel);
  const NamedAxes strategy({.shard_optimizer = recipe.parallel.shard_optimizer});
  options.strategy = &strategy;
  return make_plan(graph, devices.find(recipe.run.device), options);
}

TrainingData Session::open() const {
  expect_same_recipe(recipe_, "", world_);
  check_ranks(mesh_of(recipe_.parallel), world_.size());
  use_cores(recipe_);
  if (use_ == SessionUse::generate) {
    if (std::optional<TrainingData> known =
            recipe_.data.kind->without_samples(recipe_, recipe_.model.kind->ids()))
      return std::move(*known);
  }
  TrainingData data = open_data(recipe_, world_);
  expect_same_data(data.fingerprint, recipe_.data.path, world_);
  return data;
}

Session::Session(Recipe recipe, Communicator world, SessionUse use, const std::filesystem::path& run)
    : recipe_(std::move(recipe)),
      world_(std::move(world)),
      use_(use),
      data_(open()),
      priced_by_(weft::priced_by(recipe_, run, world_)),
      feed_(feed_of(recipe_, data_.facts, world_)) {
  if (use_ == SessionUse::train) best_measure(recipe_, data_.facts);  // before anything long, or a folder
  if (world_.rank() == 0) {
    for (const std::string& remark : data_.remarks) Progress::say(remark);
    // Other uses show no price.
    if (use_ == SessionUse::train && !priced_by_.remark.empty()) Progress::say(priced_by_.remark);
  }
  executor_ = attach(plan(recipe_).program);
}

Plan Session::plan(const Recipe& recipe) const {
  PlanOptions options;
  options.rank = world_.rank();
  options.machine = priced_by_.machine;
  PlanningCounter counter;
  if (world_.rank() == 0) options.progress = counter.progress();
  if (use_ == SessionUse::train) return plan_recipe(recipe, data_.facts, std::move(options));
  return plan_graph(build_evaluation_graph(recipe, data_.facts), recipe, std::move(options));
}

std::unique_ptr<Executor> Session::attach(Program program) { return attach_to(store_, std::move(program)); }

std::unique_ptr<Executor> Session::attach_to(StateStore& store, Program program) const {
  check_memory(store.missing_bytes(program) + program.arena_bytes);
  world_.barrier();  // all have looked before any takes
  auto executor = std::make_unique<Executor>(std::move(program), store, world_);
  for (const std::string& name : executor->new_states()) {
    const StoredState& state = store.at(name);
    store.write(name, [&](const View& view) {
      initialize(view, state.where.region, state.where.global_type.shape, state.initializer, name,
                 static_cast<uint64_t>(recipe_.run.seed));
    });
  }
  return executor;
}

Carrying Session::replan(const Recipe& recipe, const StateNames& renamed) {
  check_replan(recipe_, recipe);
  Plan made = plan(recipe);
  Carrying carrying = plan_carrying(store_, made.program, renamed);
  const int64_t states = carrying.in_place ? store_.missing_bytes(made.program) : made.program.state_bytes;
  check_memory(std::max<int64_t>(0, states + made.program.arena_bytes - executor_->program().arena_bytes));
  world_.barrier();  // all have looked before any changes
  executor_.reset();
  const Recipe old = std::exchange(recipe_, recipe);
  if (recipe_.microbatch_rows() != old.microbatch_rows() || recipe_.run != old.run) {
    data_ = {};  // two that load the same data could be in each other's way
    data_ = open_data(recipe_, world_);
    feed_ = feed_of(recipe_, data_.facts, world_);
  }
  if (carrying.in_place) {
    executor_ = attach(std::move(made.program));
  } else {
    StateStore next;
    executor_ = attach_to(next, std::move(made.program));
    carry_states(carrying, store_, next);
    store_ = std::move(next);
  }
  if (world_.rank() == 0) Progress::say("replanned: " + to_string(carrying));
  return carrying;
}

void Session::set_scalar(const std::string& input, double value) {
  const View view = executor_->view(input);
  if (view.type.dtype == DType::f64) {
    *view.as<double>() = value;
  } else {
    *view.as<float>() = static_cast<float>(value);
  }
}

void Session::set_integer(const std::string& input, int64_t value) {
  if (executor_->program().named.contains(input)) *executor_->view(input).as<int64_t>() = value;
}

LoadGaps Session::match(const CheckpointReader& checkpoint) const {
  return match_checkpoint(store_, checkpoint, load_rules(checkpoint, true));
}

LoadGaps Session::load(const CheckpointReader& checkpoint, bool optimizer_may_differ) {
  return load_checkpoint(store_, checkpoint, load_rules(checkpoint, optimizer_may_differ));
}

}  // namespace weft
