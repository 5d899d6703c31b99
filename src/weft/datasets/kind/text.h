#pragma once
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "weft/data/source/subset.h"
#include "weft/datasets/data_kind.h"

namespace weft {

/// Where samples of text begin.
enum class TextWindows : uint8_t { drawn, streamed };

template <>
struct EnumNames<TextWindows> {
  static constexpr std::string_view kNames[] = {"drawn", "streamed"};
};

/// Text and token files: tokens [context], and as targets the tokens one further.
struct Text final : KindOf<Text, DataKind> {
  static constexpr std::string_view kName = "text";
  static constexpr std::string_view kMeaning = "text files or token files; a sample is a run of tokens.";
  std::string tokenizer;  ///< "": kUsual
  int64_t context = 0;
  TextWindows windows = TextWindows::drawn;
  int64_t sample_tokens = 0;
  std::string prompt = "\n";

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("tokenizer", self.tokenizer,
        fmt::format("{}; empty: \"{}\", and a plan without data takes the vocabulary of `declare`",
                    tokenizers_there_are(), kUsual));
    key.required("context", self.context, at_least(1), "tokens of a sample");
    key("windows", self.windows,
        "\"drawn\": samples start anywhere in the text, which is in memory; \"streamed\": they lie side by "
        "side in a token file (`weft data make tokens`) of any size, each comes once an epoch");
    key.free("log.sample_tokens", self.sample_tokens, at_least(0), "tokens generated at the end of the run");
    key.free("log.prompt", self.prompt, "what the generated text goes on from");
  }

  InputForm form() const override { return {.ids = true}; }
  Closing closing() const override { return {sample_tokens, prompt}; }
  std::vector<KeptFile> files_to_keep() const override {
    if (!tokenizer_has_files(tokenizer_name())) return {};
    return {{"data.tokenizer", tokenizer, files_of_tokenizer(tokenizer)}};
  }

 protected:
  TrainingData open_samples(const Recipe& recipe, const Communicator& world, int64_t ids) const override;
  std::optional<DataFacts> foretell_samples(const Recipe& recipe, int64_t ids) const override;
  Complaint check_keys(const Recipe& recipe) const override;

  std::shared_ptr<const Tokenizer> tokenizer_of_samples() const override {
    return make_tokenizer(tokenizer_name());
  }

 private:
  static constexpr std::string_view kUsual = "bytes";
  std::string tokenizer_name() const { return tokenizer.empty() ? std::string(kUsual) : tokenizer; }
  /// Of the tokenizer. UserError where the recipe declares another.
  int64_t known_vocabulary(const Recipe& recipe, const Tokenizer& used) const;
  DataFacts facts(int64_t vocabulary) const;
  void open_drawn(const Recipe& recipe, TrainingData& data) const;
  std::shared_ptr<const Source> open_windows(const std::string& path, const Tokenizer& used) const;
  HeldOut split_windows(const Recipe& recipe, const std::shared_ptr<const Source>& all,
                        const Tokenizer& used) const;
};

}  // namespace weft
