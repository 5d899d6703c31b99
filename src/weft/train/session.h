#pragma once
// A recipe made ready to run: data open, graph planned for this rank, arena allocated, states at their start.
#include <memory>
#include <optional>

#include "weft/plan/pipeline.h"
#include "weft/run/executor.h"
#include "weft/train/training_data.h"
#include "weft/train/training_graph.h"

namespace weft {

/// The plan of one rank of the recipe's mesh; starts no ranks. The mesh of `options` and what it says of
/// sharded optimizers are the recipe's.
Plan plan_recipe(const Recipe& recipe, const DataFacts& facts, PlanOptions options);

class Session {
 public:
  /// Collective: all ranks of `world`. Errors: as opening data, planning and allocating have them.
  Session(Recipe recipe, Communicator world);

  const Recipe& recipe() const { return recipe_; }
  const Communicator& world() const { return world_; }
  TrainingData& data() { return data_; }
  Executor& executor() { return *executor_; }
  const Executor& executor() const { return *executor_; }
  const std::vector<StageReport>& stages() const { return stages_; }
  int64_t microbatch_rows() const { return recipe_.data.batch / recipe_.optimizer.accumulate; }

  /// Puts this rank's part of batch `number` of `source` where the program reads it.
  void feed(BatchSource& source, int64_t number);
  void set_scalar(const std::string& input, double value);
  void set_integer(const std::string& input, int64_t value);

  /// The newest good checkpoint under `folder`, loaded; its step, or nothing where there is none.
  std::optional<int64_t> load_newest(const std::filesystem::path& folder);
  void load(const std::filesystem::path& checkpoint);

 private:
  Recipe recipe_;
  Communicator world_;
  TrainingData data_;
  std::vector<StageReport> stages_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace weft
