#pragma once
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "weft/comm/communicator.h"
#include "weft/data/batch/batch_source.h"
#include "weft/datasets/data_facts.h"
#include "weft/run/executor.h"

namespace weft {

/// Puts batches where a program reads them, after it has looked at every element (datasets/batch_rules.h).
class BatchFeed {
 public:
  struct Options {
    DataFacts facts;
    /// Whether a row may turn out to be empty on one rank alone: all of them then agree on each batch's rows.
    bool rows_may_fail = false;
    int64_t bad_limit = 0;  ///< samples that may be left out
  };
  BatchFeed(Options options, Communicator world) : options_(std::move(options)), world_(std::move(world)) {}

  /// This rank's part of batch `number` of `source`. Collective where rows may fail. UserError that names the
  /// sample where it has an id or a number that may not be there, or where too many have been left out.
  void operator()(Executor& executor, BatchSource& source, int64_t number);
  /// Sentences for people since the last call: samples that were left out.
  std::vector<std::string> notices() { return std::exchange(notices_, {}); }

 private:
  struct Batch;
  void say_all_missing(const Batch& batch, const BatchSource& source);
  void apply(Batch& batch, const BatchSource& source);
  void left_out(const Batch& batch, size_t tensor, int64_t row, const BatchSource& source);
  void agree(Batch& batch) const;
  static void say_rows(const Executor& executor, const Batch& batch);

  Options options_;
  Communicator world_;
  std::set<std::string> left_out_;
  std::vector<std::string> notices_;
  bool has_said_missing_ = false;
};

}  // namespace weft
