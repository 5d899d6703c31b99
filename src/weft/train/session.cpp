#include "weft/train/session.h"

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/params/checkpoint.h"
#include "weft/params/initialize.h"
#include "weft/train/launch.h"
#include "weft/train/progress.h"

namespace weft {

Plan plan_recipe(const Recipe& recipe, const DataFacts& facts, PlanOptions options) {
  DeviceRegistry devices;
  register_all_devices(devices);
  options.mesh = mesh_of(recipe.parallel);
  options.assign.shard_optimizer = recipe.parallel.shard_optimizer;
  return make_plan(build_training_graph(recipe, facts), devices.find(recipe.run.device), options);
}

Session::Session(Recipe recipe, Communicator world)
    : recipe_(std::move(recipe)), world_(std::move(world)), data_([&] {
        check_ranks(mesh_of(recipe_.parallel), world_.size());
        use_cores(recipe_);
        return open_training_data(recipe_, world_);
      }()) {
  PlanOptions options;
  options.rank = world_.rank();
  Plan plan = plan_recipe(recipe_, data_.facts, std::move(options));
  stages_ = std::move(plan.stages);
  check_memory(plan.program.arena_bytes);
  world_.barrier();  // all have looked before any takes
  executor_ = std::make_unique<Executor>(std::move(plan.program), world_);
  for (const auto& [name, named] : executor_->program().named) {
    if (named.kind != ValueKind::state) continue;
    initialize(executor_->view(name), named.where.region, named.where.global_type.shape, named.initializer,
               name, static_cast<uint64_t>(recipe_.run.seed));
  }
}

void Session::feed(BatchSource& source, int64_t number) {
  std::vector<View> views;
  std::vector<Region> regions;
  const std::vector<std::string> names = batch_inputs(recipe_);
  for (const std::string& name : names) {
    views.push_back(executor_->view(name));
    regions.push_back(executor_->program().named.at(name).where.region);
  }
  std::vector<View> lent = views;
  const bool in_place = source.lend(number, lent, regions);
  for (size_t i = 0; i < names.size(); ++i) {
    executor_->read_input_from(names[i], in_place ? lent[i].data : nullptr);
  }
  if (!in_place) source.fill(number, views, regions);
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

std::optional<int64_t> Session::load_newest(const std::filesystem::path& folder) {
  const auto newest = find_newest_good(folder, [&](const std::string& warning) {
    if (world_.rank() == 0) Progress::say("warning: " + warning);
  });
  if (!newest) return std::nullopt;
  const CheckpointReader reader(*newest, Verify::sizes);
  load_checkpoint(*executor_, reader);
  return reader.step();
}

void Session::load(const std::filesystem::path& checkpoint) {
  load_checkpoint(*executor_, CheckpointReader(checkpoint));
}

}  // namespace weft
