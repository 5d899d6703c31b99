#pragma once
// What a checkpoint says of the run that wrote it, beside its tensors: enough to tell whether another run
// goes on with the same thing, and to use the checkpoint without the recipe.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "weft/datasets/data_part.h"
#include "weft/recipe/recipe.h"
#include "weft/train/session/session.h"

namespace weft {

struct RunIdentity {
  std::string version;                       ///< of Weft
  std::string recipe;                        ///< as TOML
  std::string data;                          ///< TrainingData::fingerprint
  std::optional<DataPart> training;          ///< nothing in checkpoints of earlier versions
  std::optional<DataPart> held_out;          ///< likewise
  std::string mesh;                          ///< for people
  int64_t data_position = 0;                 ///< microbatches that were trained on
  std::map<std::string, std::string> kinds;  ///< of each state: "parameter", "adam.m", …

  /// Of a session after `step` steps.
  static RunIdentity of(const Session& session, int64_t step);
  /// The JSON object that a checkpoint keeps (CheckpointReader::extra_json).
  std::string to_json() const;
  /// Nothing where the checkpoint was written before runs said all of this. UserError naming `where` for any
  /// other text.
  static std::optional<RunIdentity> from_json(const std::string& json, const std::string& where);
};

/// How a run that goes on differs from the one that wrote the checkpoint.
struct RunDifferences {
  Recipe then;                    ///< of the one that wrote the checkpoint
  std::vector<std::string> free;  ///< "run.steps 7 -> 12": nothing that is learnt changes, but for rounding
  std::vector<std::string> learning;   ///< something else is learnt
  std::vector<std::string> measuring;  ///< of these, what makes another number of the same weights
};
RunDifferences differences(const RunIdentity& then, const Session& now);

}  // namespace weft
