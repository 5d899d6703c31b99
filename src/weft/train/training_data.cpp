#include "weft/train/training_data.h"

#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/data/image_batches.h"
#include "weft/data/text_batches.h"
#include "weft/data/token_corpus.h"
#include "weft/train/progress.h"

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

std::string validation_split(const std::filesystem::path& root) {
  for (const char* split : {"test", "val", "validation"}) {
    if (has_split(root, split)) return split;
  }
  return {};
}

TrainingData open_images(const Recipe& recipe, bool talk) {
  const ImageFolder::Report report = [&](int64_t done, int64_t total) {
    if (talk && done % 10000 == 0) Progress::say(fmt::format("decoding images: {} of {}", done, total));
  };
  const std::filesystem::path root = recipe.data.path;
  const auto train = std::make_shared<const ImageFolder>(root, "train", report);
  std::shared_ptr<const ImageFolder> held_out;
  if (std::holds_alternative<std::string>(recipe.data.validation)) {
    held_out =
        std::make_shared<const ImageFolder>(std::get<std::string>(recipe.data.validation), "test", report);
  } else if (const std::string split = validation_split(root); !split.empty()) {
    held_out = std::make_shared<const ImageFolder>(root, split, report);
  } else {
    user_error(
        "data.validation: {} has no folder test, val or validation; name the validation images' folder",
        root.string());
  }
  if (held_out->height() != train->height() || held_out->width() != train->width() ||
      held_out->classes() != train->classes()) {
    user_error("data.validation: its classes or image sizes differ from those of {}", root.string());
  }
  TrainingData data;
  data.unit = "images";
  data.facts.classes = static_cast<int64_t>(train->classes().size());
  data.facts.height = train->height();
  data.facts.width = train->width();
  data.facts.channels = 3;
  data.train_samples = train->count();
  ImageOptions options;
  options.batch = recipe.data.batch / recipe.optimizer.accumulate;
  options.seed = static_cast<uint64_t>(recipe.run.seed);
  options.shuffle = recipe.data.shuffle;
  options.augment = recipe.data.images.augment;
  options.statistics = train->statistics();
  data.train = std::make_unique<ImageBatches>(train, options);
  auto validation = std::make_unique<ImageEvaluation>(held_out, options);
  data.validation_batches = validation->batches();
  data.validation = std::move(validation);
  return data;
}

}  // namespace

TrainingData open_training_data(const Recipe& recipe, bool talk) {
  switch (recipe.data.kind) {
    case DataSection::Kind::text:
      return open_text(recipe);
    case DataSection::Kind::images:
      return open_images(recipe, talk);
  }
  internal_error(__FILE__, __LINE__, "unknown kind of data");
}

int64_t total_steps(const Recipe& recipe, const TrainingData& data) {
  if (recipe.run.steps > 0) return recipe.run.steps;
  return recipe.run.epochs * std::max<int64_t>(1, data.train_samples / recipe.data.batch);
}

}  // namespace weft
