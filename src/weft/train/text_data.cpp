#include <numeric>

#include "weft/base/check.h"
#include "weft/data/load/token_form.h"
#include "weft/data/text_batches.h"
#include "weft/data/token_corpus.h"
#include "weft/train/kinds_of_data.h"
#include "weft/train/streaming.h"

namespace weft {

namespace {

void open_drawn(const Recipe& recipe, TrainingData& data) {
  Tokens tokens = read_corpus(recipe.data.path, *data.tokenizer);
  Tokens held_out =
      std::holds_alternative<double>(recipe.data.validation)
          ? cut_validation(tokens, std::get<double>(recipe.data.validation))
          : read_corpus(std::get<std::string>(recipe.data.validation), *data.tokenizer, "data.validation");
  TextOptions options{recipe.data.batch / recipe.optimizer.accumulate, recipe.data.text.context,
                      static_cast<uint64_t>(recipe.run.seed)};
  data.train_samples = static_cast<int64_t>(tokens.size()) / options.context;
  data.epoch_batches = data.train_samples / options.batch;
  data.train = std::make_unique<TextBatches>(std::make_shared<const Tokens>(std::move(tokens)), options);
  options.key = "data.validation";
  auto validation =
      std::make_unique<TextEvaluation>(std::make_shared<const Tokens>(std::move(held_out)), options);
  data.validation_batches = validation->batches();
  data.validation = std::move(validation);
}

std::shared_ptr<const Source> open_windows(const Recipe& recipe, const std::string& path) {
  OpenedSource opened = open_source({.path = path, .fields = {}, .window = recipe.data.text.context});
  if (opened.format != "tokens") {
    user_error(
        "data.windows = \"streamed\": {} is {}, expected a token file: weft data make tokens --text {} --out "
        "FILE.tokens",
        path, opened.format, path);
  }
  return std::move(opened.source);
}

/// Validation windows are the last of a file, not drawn: text that follows other text is no test of it.
HeldOut split_windows(const Recipe& recipe, const std::shared_ptr<const Source>& all) {
  if (const auto* path = std::get_if<std::string>(&recipe.data.validation)) {
    return {all, open_windows(recipe, *path), {}};
  }
  const double fraction = std::get<double>(recipe.data.validation);
  const auto held = static_cast<int64_t>(fraction * static_cast<double>(all->count()));
  if (held < 1) {
    user_error("data.validation = {}: of {} windows of data.context = {} tokens that is none", fraction,
               all->count(), recipe.data.text.context);
  }
  std::vector<int64_t> training(static_cast<size_t>(all->count() - held));
  std::vector<int64_t> held_out(static_cast<size_t>(held));
  std::iota(training.begin(), training.end(), 0);
  std::iota(held_out.begin(), held_out.end(), all->count() - held);
  return {subset(all, training), subset(all, held_out), training};
}

}  // namespace

TrainingData open_text_data(const Recipe& recipe, const Communicator& world) {
  TrainingData data;
  data.unit = "tokens";
  data.tokenizer = make_tokenizer(recipe.data.text.tokenizer);
  data.facts.vocabulary = data.tokenizer->vocabulary_size();
  switch (recipe.data.text.windows) {
    case TextKeys::Windows::drawn:
      open_drawn(recipe, data);
      return data;
    case TextKeys::Windows::streamed:
      break;
  }
  const std::shared_ptr<const Source> all = open_windows(recipe, recipe.data.path);
  const Samples samples =
      mix_in(recipe, all, split_windows(recipe, all),
             [&](const std::filesystem::path& path, const char*) { return open_windows(recipe, path); });
  const HeldOut& parts = samples.parts;
  stream_batches(recipe, world, samples,
                 {std::make_shared<TokenForm>(parts.training), std::make_shared<TokenForm>(parts.held_out)},
                 data);
  return data;
}

}  // namespace weft
