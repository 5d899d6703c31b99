#pragma once
#include <memory>
#include <string>

#include "weft/data/batch/batch_source.h"
#include "weft/data/text/token_corpus.h"

namespace weft {

struct TextOptions {
  int64_t batch = 0;    ///< rows of one global batch
  int64_t context = 0;  ///< tokens a row
  uint64_t seed = 0;
  std::string key = "data.path";  ///< of the recipe, for errors: where the tokens come from
};

/// Tensors: tokens and targets (the tokens one further), i32 [batch, context] each. Row r of batch b is the
/// window of the corpus that starts at a place drawn by (seed, b, r), as nanoGPT draws them.
class TextBatches final : public BatchSource {
 public:
  /// UserError when the corpus has fewer than context + 1 tokens.
  TextBatches(std::shared_ptr<const Tokens> tokens, TextOptions options);
  void fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) override;

 private:
  std::shared_ptr<const Tokens> tokens_;
  TextOptions options_;
};

/// The corpus cut into windows side by side: row r of batch b is window b * batch + r. Rows past the end have
/// zeros for tokens and -1 (not counted) for targets.
class TextEvaluation final : public BatchSource {
 public:
  TextEvaluation(std::shared_ptr<const Tokens> tokens, TextOptions options);
  void fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) override;
  /// Batches that cover the corpus once.
  int64_t batches() const;

 private:
  int64_t windows() const;

  std::shared_ptr<const Tokens> tokens_;
  TextOptions options_;
};

}  // namespace weft
