#pragma once
#include <memory>
#include <optional>
#include <string>

#include "weft/data/batch/batch_source.h"
#include "weft/data/stream/permutation.h"
#include "weft/data/text/token_corpus.h"

namespace weft {

struct TextOptions {
  int64_t batch = 0;    ///< rows of one global batch
  int64_t context = 0;  ///< tokens a row
  uint64_t seed = 0;
  std::string key = "data.path";  ///< of the recipe, for errors: where the tokens come from
  std::string path;               ///< the same, as the recipe names it
  bool shuffled = false;          ///< of TextEvaluation: in which order the windows come
  int64_t group = 1;              ///< of TextBatches: batches that make up one step of training
};

/// Tensors: tokens and targets (the tokens one further), i32 [batch, context] each. Row r of batch b is the
/// window of the corpus that starts at a place drawn by (seed, b, r), as nanoGPT draws them. Where a step has
/// several batches, b and r are those of the step: the same windows, however it is split.
class TextBatches final : public BatchSource {
 public:
  /// UserError when the corpus has fewer than context + 1 tokens.
  TextBatches(std::shared_ptr<const Tokens> tokens, TextOptions options);
  void fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) override;
  std::string name_of(int64_t row) const override;

 private:
  int64_t start_of(int64_t row) const;

  int64_t number_ = 0;  ///< of the batch that was filled last
  std::shared_ptr<const Tokens> tokens_;
  TextOptions options_;
};

/// The corpus cut into windows side by side: row r of batch b is window b * batch + r, in the corpus' order,
/// or (options.shuffled) in one drawn by the seed, so that the first batches stand for all. Rows past the end
/// have zeros for tokens and -1 (not counted) for targets.
class TextEvaluation final : public BatchSource {
 public:
  TextEvaluation(std::shared_ptr<const Tokens> tokens, TextOptions options);
  void fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) override;
  bool has_sample(int64_t row) const override { return place_of(row) < windows(); }
  std::string name_of(int64_t row) const override;
  /// Batches that cover the corpus once.
  int64_t batches() const;

 private:
  int64_t windows() const;
  int64_t place_of(int64_t row) const { return number_ * options_.batch + row; }
  int64_t window_of(int64_t row) const { return order_ ? order_->at(place_of(row)) : place_of(row); }

  int64_t number_ = 0;  ///< of the batch that was filled last
  std::shared_ptr<const Tokens> tokens_;
  TextOptions options_;
  std::optional<Permutation> order_;  ///< of the windows
};

}  // namespace weft
