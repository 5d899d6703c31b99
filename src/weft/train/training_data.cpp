#include "weft/train/training_data.h"

#include "weft/base/check.h"
#include "weft/data/text_batches.h"
#include "weft/data/token_corpus.h"

namespace weft {

namespace {

TrainingData open_text(const Recipe& recipe) {
  TrainingData data;
  data.unit = "tokens";
  data.tokenizer = make_tokenizer(recipe.data.text.tokenizer);
  data.facts.vocabulary = data.tokenizer->vocabulary_size();
  Tokens tokens = read_corpus(recipe.data.path, *data.tokenizer);
  Tokens held_out = std::holds_alternative<double>(recipe.data.validation)
                        ? cut_validation(tokens, std::get<double>(recipe.data.validation))
                        : read_corpus(std::get<std::string>(recipe.data.validation), *data.tokenizer);
  TextOptions options{recipe.data.batch / recipe.optimizer.accumulate, recipe.data.text.context,
                      static_cast<uint64_t>(recipe.run.seed)};
  data.train_samples = static_cast<int64_t>(tokens.size()) / options.context;
  data.train = std::make_unique<TextBatches>(std::make_shared<const Tokens>(std::move(tokens)), options);
  auto validation =
      std::make_unique<TextEvaluation>(std::make_shared<const Tokens>(std::move(held_out)), options);
  data.validation_batches = validation->batches();
  data.validation = std::move(validation);
  return data;
}

}  // namespace

TrainingData open_training_data(const Recipe& recipe, bool /*talk*/) {
  switch (recipe.data.kind) {
    case DataSection::Kind::text:
      return open_text(recipe);
    case DataSection::Kind::images:
      break;
  }
  user_error("data.kind = \"images\": not yet");
}

int64_t total_steps(const Recipe& recipe, const TrainingData& data) {
  if (recipe.run.steps > 0) return recipe.run.steps;
  return recipe.run.epochs * std::max<int64_t>(1, data.train_samples / recipe.data.batch);
}

}  // namespace weft
