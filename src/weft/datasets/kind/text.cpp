#include "weft/datasets/kind/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <span>

#include "weft/base/check.h"
#include "weft/data/load/token_form.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/text/text_batches.h"
#include "weft/data/text/token_corpus.h"
#include "weft/data/text/token_file.h"
#include "weft/data/verify/record_checksum.h"
#include "weft/datasets/streaming.h"
#include "weft/recipe/value.h"

namespace weft {

namespace {

uint64_t key_of(const Tokens& tokens) { return record_checksum(std::as_bytes(std::span(tokens))); }

}  // namespace

void Text::open_drawn(const Recipe& recipe, TrainingData& data) const {
  Corpus corpus = read_corpus(recipe.data.path, *data.tokenizer);
  Tokens tokens = std::move(corpus.tokens);
  data.remarks = std::move(corpus.remarks);
  Tokens held_out;
  if (const auto* path = std::get_if<std::string>(&recipe.data.validation)) {
    Corpus other = read_corpus(*path, *data.tokenizer, "data.validation");
    held_out = std::move(other.tokens);
    std::ranges::move(other.remarks, std::back_inserter(data.remarks));
    std::string shared = said_of_shared_files(corpus.files, other.files);
    if (!shared.empty()) data.remarks.push_back(std::move(shared));
  } else {
    const double fraction = std::get<double>(recipe.data.validation);
    held_out = cut_validation(tokens, fraction);
    const auto fewest = static_cast<int64_t>(std::min(tokens.size(), held_out.size()));
    const int64_t all = std::ssize(tokens) + std::ssize(held_out);
    if (fewest <= context && all > 2 * context) {
      user_error(
          "data.validation = {}: of {} tokens {} are trained on and {} held out, expected at least {} of "
          "either, for a window of data.context",
          fraction, all, tokens.size(), held_out.size(), context + 1);
    }
  }
  data.fingerprint = fmt::format("{:016x}-{:016x}", key_of(tokens), key_of(held_out));
  data.training = {.unit = "token", .count = std::ssize(tokens)};
  data.held_out = {.unit = "token", .count = std::ssize(held_out)};
  TextOptions options{recipe.microbatch_rows(), context, static_cast<uint64_t>(recipe.run.seed), "data.path",
                      recipe.data.path};
  data.train_samples = static_cast<int64_t>(tokens.size()) / options.context;
  data.epoch_batches = batches_of_samples(recipe, data.train_samples, LastBatch::drop);
  options.group = recipe.optimizer.accumulate;
  data.train = std::make_unique<TextBatches>(std::make_shared<const Tokens>(std::move(tokens)), options);
  options.key = "data.validation";
  options.shuffled = recipe.log.evaluate_batches > 0;
  if (const auto* path = std::get_if<std::string>(&recipe.data.validation)) options.path = *path;
  auto validation =
      std::make_unique<TextEvaluation>(std::make_shared<const Tokens>(std::move(held_out)), options);
  data.validation_batches = validation->batches();
  data.validation = std::move(validation);
}

std::shared_ptr<const Source> Text::open_windows(const std::string& path, const Tokenizer& used) const {
  const SourceOptions options{.path = path, .fields = {}, .window = context};
  const std::string format = format_at(options);
  if (format != "tokens") {
    user_error(
        "data.windows = \"streamed\": {} is {}, expected a token file: weft data make tokens --text {} --out "
        "FILE.tokens",
        path, format.empty() ? "none" : format, path);
  }
  OpenedSource opened = open_source(options);
  const uint64_t maker = fingerprint(used);
  for (const std::filesystem::path& name : opened.source->files()) {
    const FileReader file(name);
    const std::string head = file.text(0, std::min(file.size(), TokenFileHeader::kMostBytes));
    const auto bytes = std::as_bytes(std::span(head));
    expect_made_by(maker, parse_token_header(bytes, file.size(), file.name()), file.name());
  }
  return std::move(opened.source);
}

/// Validation windows are the last of a file, not drawn: text that follows other text is no test of it.
HeldOut Text::split_windows(const Recipe& recipe, const std::shared_ptr<const Source>& all,
                            const Tokenizer& used) const {
  if (const auto* path = std::get_if<std::string>(&recipe.data.validation)) {
    return held_out_of_another(all, open_windows(*path, used));
  }
  const double fraction = std::get<double>(recipe.data.validation);
  const auto held = static_cast<int64_t>(fraction * static_cast<double>(all->count()));
  if (held < 1) {
    user_error("data.validation = {}: of {} windows of data.context = {} tokens that is none", fraction,
               all->count(), context);
  }
  std::vector<int64_t> training(static_cast<size_t>(all->count() - held));
  std::vector<int64_t> held_out(static_cast<size_t>(held));
  std::iota(training.begin(), training.end(), 0);
  std::iota(held_out.begin(), held_out.end(), all->count() - held);
  return {subset(all, training), subset(all, held_out), training};
}

/// Drawn windows are neither read from files nor put in an order.
Complaint Text::check_keys(const Recipe& recipe) const {
  if (windows != TextWindows::drawn) return std::nullopt;
  const std::string changed = recipe.data.shuffle ? first_changed(recipe.data.loading) : "shuffle";
  if (changed.empty()) return std::nullopt;
  return RecipeComplaint{
      "data." + changed,
      fmt::format(
          "data.{} says nothing of windows that are drawn from a text in memory; leave it out, or set "
          "data.windows = \"streamed\"",
          changed)};
}

DataFacts Text::facts(int64_t vocabulary) const {
  const std::vector<std::string> axes{"sequence"};
  return {{"tokens", vocabulary, {context}, axes, "token"},
          {"targets", vocabulary, {context}, axes, "target"}};
}

int64_t Text::known_vocabulary(const Recipe& recipe, const Tokenizer& used) const {
  const int64_t known = used.vocabulary_size();
  const int64_t declared = recipe.data.declare.vocabulary;
  if (declared > 0 && declared != known) {
    user_error(
        "data.declare says a vocabulary of {}, and data.tokenizer = \"{}\"{} has {}; expected the name of "
        "the tokenizer that has {}, which need not be there to plan",
        declared, tokenizer_name(), tokenizer.empty() ? ", which is taken where none is named," : "", known,
        declared);
  }
  return known;
}

std::optional<DataFacts> Text::foretell_samples(const Recipe& recipe, int64_t ids) const {
  const int64_t declared = recipe.data.declare.vocabulary;
  const int64_t told = declared > 0 ? declared : ids;
  // A tokenizer is no data: where it is there, it is asked, as it is when the text is opened. One that
  // nobody named is nobody's where there is no text.
  const bool is_meant = !tokenizer.empty() || !recipe.data.path.empty() || declared == 0;
  if (told > 0 && !(is_meant && tokenizer_is_there(tokenizer_name()))) return facts(told);
  return facts(known_vocabulary(recipe, *make_tokenizer(tokenizer_name())));
}

TrainingData Text::open_samples(const Recipe& recipe, const Communicator& world, int64_t /*ids*/) const {
  TrainingData data;
  data.unit = "tokens";
  data.units_a_sample = context;
  data.tokenizer = make_tokenizer(tokenizer_name());
  data.facts = facts(known_vocabulary(recipe, *data.tokenizer));
  if (sample_tokens > 0 && data.tokenizer->encode(prompt).empty()) {
    user_error(
        "log.prompt = {}: {} makes no token of it, and log.sample_tokens = {} want one to go on from; "
        "expected another text",
        toml_quoted(prompt), tokenizer_name(), sample_tokens);
  }
  switch (windows) {
    case TextWindows::drawn:
      open_drawn(recipe, data);
      return data;
    case TextWindows::streamed:
      break;
  }
  const Tokenizer& used = *data.tokenizer;
  const std::shared_ptr<const Source> all = open_windows(recipe.data.path, used);
  const auto open = [&](const std::filesystem::path& path, const char* /*split*/) {
    return open_windows(path.string(), used);
  };
  const Samples samples = mix_in(recipe, all, split_windows(recipe, all, used), open);
  const HeldOut& parts = samples.parts;
  stream_batches(recipe, world, samples,
                 {std::make_shared<TokenForm>(parts.training), std::make_shared<TokenForm>(parts.held_out)},
                 data);
  return data;
}

void register_text(KindsOf<DataKind>& kinds) { kinds.add<Text>(); }

}  // namespace weft
