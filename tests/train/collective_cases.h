#pragma once
// Recipes on meshes, planned for every rank without starting one: what each rank's Program communicates.
#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "weft/models/model.h"
#include "weft/tasks/generation_graph.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/session/session.h"

namespace weft::testing {

struct CollectiveCase {
  std::string recipe;  ///< a file of recipes/
  std::vector<std::string> overrides;
};

/// What the data would say of the recipe's model: enough to plan with no file read.
inline DataFacts planned_facts(const Recipe& recipe) {
  const InputForm takes = recipe.model.kind->takes();
  if (takes.ids) return recipe.data.kind->foretell(recipe, 256).value();
  if (takes.most_axes == 2) {
    return {{"pixels", 0, {32, 32, 3}, {"height", "width", "channel"}}, {"labels", 10, {}, {}}};
  }
  return {{"pixels", 0, {64, 64, 64, 4}, {"depth", "height", "width", "channel"}},
          {"labels", 0, {4}, {"target"}}};
}

using Keys = std::vector<std::string>;

/// `base` on each mesh; with optimizers sharded as well where `sharding` says so.
inline void add_cases(std::vector<CollectiveCase>& cases, const std::string& recipe, const Keys& base,
                      const std::vector<Keys>& meshes, bool sharding) {
  for (const Keys& mesh : meshes) {
    Keys keys = base;
    keys.insert(keys.end(), mesh.begin(), mesh.end());
    cases.push_back({recipe, keys});
    if (!sharding) continue;
    keys.emplace_back("parallel.shard_optimizer=true");
    cases.push_back({recipe, std::move(keys)});
  }
}

/// Every recipe whole on data 2 x tensor 2, and variants cut down so that many splits stay cheap to plan.
inline std::vector<CollectiveCase> collective_cases() {
  std::vector<CollectiveCase> cases;
  const Keys both{"parallel.data=2", "parallel.tensor=2"};
  for (const char* recipe :
       {"gpt2-124m.toml", "shakespeare.toml", "quickstart.toml", "resnet20-cifar10.toml", "cosmoflow.toml"}) {
    add_cases(cases, recipe, {}, {both}, true);
  }
  // Numbers that do not divide: heads, vocabulary, batch.
  const Keys small{"model.layers=2", "model.width=24", "model.heads=3", "data.context=10",
                   "model.vocabulary=301"};
  const auto with = [&](Keys more) {
    more.insert(more.begin(), small.begin(), small.end());
    return more;
  };
  const std::vector<Keys> meshes{
      both, {"parallel.data=2"}, {"parallel.data=4"}, {"parallel.data=3", "parallel.tensor=2"}};
  add_cases(cases, "quickstart.toml", small,
            {{"parallel.tensor=2"}, {"parallel.sequence=2"}, {"parallel.sequence=2", "parallel.tensor=2"}},
            false);
  add_cases(cases, "quickstart.toml", small, meshes, true);
  add_cases(cases, "quickstart.toml", with({"data.batch=14", "optimizer.accumulate=2"}), meshes, true);
  add_cases(cases, "quickstart.toml",
            with({"run.precision=bf16", "model.tied=true", "model.dropout=0.1", "data.batch=7"}), meshes,
            true);
  const Keys shallow{"model.depth=8", "data.batch=6"};
  add_cases(cases, "resnet20-cifar10.toml", shallow,
            {both, {"parallel.data=2"}, {"parallel.data=4"}, {"parallel.data=2", "parallel.height=2"}}, true);
  add_cases(cases, "resnet20-cifar10.toml", shallow,
            {{"parallel.tensor=2"},
             {"parallel.height=2"},
             {"parallel.width=3"},
             {"parallel.height=2", "parallel.width=2"},
             {"parallel.height=2", "parallel.tensor=2"}},
            false);
  add_cases(cases, "resnet20-cifar10.toml", {"model.depth=8", "data.batch=6", "data.mixup=0.4"},
            {{"parallel.data=2"}}, true);
  const Keys narrow{"model.stages=3", "model.width=4"};
  add_cases(cases, "cosmoflow.toml", narrow, {both, {"parallel.data=2", "parallel.depth=2"}}, true);
  add_cases(cases, "cosmoflow.toml", narrow,
            {{"parallel.depth=2"}, {"parallel.height=3"}, {"parallel.depth=2", "parallel.width=2"}}, false);
  return cases;
}

inline std::string name_of(const CollectiveCase& one) {
  std::string name = one.recipe.substr(0, one.recipe.find('.'));
  for (const std::string& key : one.overrides) name += " " + key.substr(key.find('.') + 1);
  return name;
}

/// The Programs of all ranks, of a graph of the case's recipe and data; none where the graph is empty.
template <class GraphOf>
std::vector<Program> programs_of(const CollectiveCase& one, const GraphOf& graph_of) {
  const Recipe recipe = load_recipe(WEFT_SOURCE_DIR "/recipes/" + one.recipe, one.overrides);
  const std::optional<Graph> graph = graph_of(recipe, planned_facts(recipe));
  std::vector<Program> programs;
  const int64_t ranks = recipe.parallel.data * recipe.parallel.tensor * recipe.parallel.sequence *
                        recipe.parallel.height * recipe.parallel.width * recipe.parallel.depth;
  for (int rank = 0; graph && rank < ranks; ++rank) {
    PlanOptions options;
    options.rank = rank;
    programs.push_back(plan_graph(*graph, recipe, std::move(options)).program);
  }
  return programs;
}

/// Those that train.
inline std::vector<Program> programs_of(const CollectiveCase& one) {
  return programs_of(one, [](const Recipe& recipe, const DataFacts& facts) {
    return std::optional(build_training_graph(recipe, facts));
  });
}

/// Those that generate, where the model does.
inline std::vector<Program> generating_programs_of(const CollectiveCase& one) {
  return programs_of(one, [](const Recipe& recipe, const DataFacts& facts) -> std::optional<Graph> {
    if (!recipe.model.kind->generates()) return std::nullopt;
    return build_generation_graph(recipe, facts, 8);
  });
}

}  // namespace weft::testing
