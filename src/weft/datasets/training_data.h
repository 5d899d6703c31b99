#pragma once
// The data of a recipe, open: training and validation batches, and what they say about the model.
#include <memory>
#include <string>
#include <vector>

#include "weft/data/batch/batch_source.h"
#include "weft/data/text/tokenizer.h"
#include "weft/datasets/data_facts.h"
#include "weft/datasets/data_part.h"
#include "weft/recipe/recipe.h"

namespace weft {

struct TrainingData {
  DataFacts facts;
  std::unique_ptr<BatchSource> train;
  std::unique_ptr<BatchSource> validation;
  int64_t train_samples = 0;                   ///< one epoch
  int64_t epoch_batches = 0;                   ///< microbatches of one epoch
  int64_t validation_batches = 0;              ///< that cover the validation data
  std::shared_ptr<const Tokenizer> tokenizer;  ///< of data that are text; else null
  std::string fingerprint;                     ///< names the data: equal for equal files, fields and samples
  DataPart training;                           ///< what its first half is of
  DataPart held_out;                           ///< and its second
  std::vector<std::string> remarks;            ///< what data have to say at the start, see Source::remarks()
  std::string unit;                            ///< of throughput: "tokens", "images" or "samples"
  int64_t units_a_sample = 1;                  ///< tokens of a sample of text
};

/// The steps of the run: run.steps, or as many as run.epochs take.
int64_t total_steps(const Recipe& recipe, const TrainingData& data);
/// Microbatches that an epoch of so many samples has; 0: too few for a step.
int64_t batches_of_samples(const Recipe& recipe, int64_t samples, LastBatch last);

}  // namespace weft
