#pragma once
// A recipe made ready to run: data open, graph planned for this rank, memory allocated, states at their
// start.
#include <memory>
#include <optional>

#include "weft/datasets/data_kind.h"
#include "weft/params/checkpoint.h"
#include "weft/plan/pipeline.h"
#include "weft/run/carry_states.h"
#include "weft/run/executor.h"
#include "weft/tasks/training_graph.h"
#include "weft/train/session/batch_feed.h"
#include "weft/train/session/priced_by.h"

namespace weft {

/// Opens the data of a recipe; `world`: the ranks of the job, which share what they keep. Collective.
TrainingData open_data(const Recipe& recipe, const Communicator& world);

/// The plan of one rank of the recipe's mesh; starts no ranks. The mesh of `options` and what it says of
/// sharded optimizers are the recipe's.
Plan plan_recipe(const Recipe& recipe, const DataFacts& facts, PlanOptions options);
/// The same for another graph of that recipe.
Plan plan_graph(const Graph& graph, const Recipe& recipe, PlanOptions options);

/// What puts batches of a recipe's data into a program. `world`: the ranks of the job.
BatchFeed feed_of(const Recipe& recipe, const DataFacts& facts, const Communicator& world);

/// What a session is for: to train; to evaluate, without gradients and an optimizer's state; or to generate,
/// which opens no data either where these are known without.
enum class SessionUse : uint8_t { train, evaluate, generate };

class Session {
 public:
  /// Collective: all ranks of `world`. `run` is the folder of the run that goes on, "" where none does: its
  /// plans are priced as when it began. Errors: as opening data, planning and allocating have them.
  Session(Recipe recipe, Communicator world, SessionUse use = SessionUse::train,
          const std::filesystem::path& run = {});

  const Recipe& recipe() const { return recipe_; }
  const Communicator& world() const { return world_; }
  const PricedBy& priced_by() const { return priced_by_; }
  TrainingData& data() { return data_; }
  const TrainingData& data() const { return data_; }
  Executor& executor() { return *executor_; }
  const Executor& executor() const { return *executor_; }
  /// Parameters, optimizer state and whatever else lives from step to step.
  StateStore& store() { return store_; }
  const StateStore& store() const { return store_; }

  /// Puts this rank's part of batch `number` of `source` where the program reads it: see BatchFeed.
  void feed(BatchSource& source, int64_t number) { feed_(*executor_, source, number); }
  BatchFeed& feeder() { return feed_; }
  void set_scalar(const std::string& input, double value);
  void set_integer(const std::string& input, int64_t value);

  /// Collective. Another Program on this session's states; states that it adds are at their start. Errors: as
  /// allocating has them, and UserError where a state has another type or region in it.
  std::unique_ptr<Executor> attach(Program program);

  /// Collective. From now on the session runs `recipe`: another batch, accumulation or model on the same data
  /// and mesh. States keep their values under the names that `renamed` gives (else their own); new ones are
  /// at their start; what is left out is freed and said. Where states are added or left out the store is made
  /// anew: programs attached before then no longer share it. Executor, data and recipe as they were got
  /// before are gone, and so is what a trace has recorded. UserError, and nothing is changed, where a state
  /// would change its type or region, data, mesh or device differ, or memory is short.
  Carrying replan(const Recipe& recipe, const StateNames& renamed = {});

  /// What a load would leave where the optimizer may differ. Errors: as match_checkpoint().
  LoadGaps match(const CheckpointReader& checkpoint) const;
  /// Fills the states from a checkpoint; `optimizer_may_differ` as LoadRules have it. Errors: as
  /// load_checkpoint().
  LoadGaps load(const CheckpointReader& checkpoint, bool optimizer_may_differ = false);

 private:
  Plan plan(const Recipe& recipe) const;
  std::unique_ptr<Executor> attach_to(StateStore& store, Program program) const;

  TrainingData open() const;

  Recipe recipe_;
  Communicator world_;
  SessionUse use_;
  TrainingData data_;
  PricedBy priced_by_;
  BatchFeed feed_;
  StateStore store_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace weft
