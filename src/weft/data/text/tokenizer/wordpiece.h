#pragma once
// BERT's WordPiece (Schuster and Nakajima, 2012; Devlin et al., NAACL 2019), from its vocab.txt.
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "weft/data/text/bert_words.h"
#include "weft/data/text/tokenizer.h"

namespace weft {

struct WordPieceSettings {
  BertRules rules;
  std::string unknown = "[UNK]";

  /// What a tokenizer_config.json says, which may say nothing. `path` names it in errors: UserError where it
  /// is no JSON object, or has a setting by which tokens would be others than WordPiece makes.
  static WordPieceSettings of(std::string_view tokenizer_config, const std::string& path);
};

/// A text's words (bert_words.h) are cut into the longest tokens from the left; those that go on within a
/// word are written with "##". A word that cannot be cut so, or is long, is one unknown token. Special tokens
/// are no others in a text: "[MASK]" is three words.
class WordPiece final : public Tokenizer {
 public:
  /// `vocabulary`: vocab.txt, a token a line in the order of their ids. `path` names it in errors. UserError
  /// where it has none, or one twice, or not the unknown one, or is no UTF-8.
  WordPiece(std::string_view vocabulary, const WordPieceSettings& settings, const std::string& path);

  std::vector<int32_t> encode(std::string_view text) const override;
  bool may_cut(std::string_view before, std::string_view after) const override;
  /// Words are parted by spaces, but for some that English writes without, as before a full stop.
  std::string decode(const std::vector<int32_t>& tokens) const override;
  int64_t vocabulary_size() const override { return static_cast<int64_t>(first_.size()); }
  int32_t unknown() const override { return unknown_; }
  std::string name() const override { return name_; }

 private:
  void add(const std::string& token);
  void append_tokens(const std::string& word, std::vector<int32_t>& tokens) const;
  std::vector<int32_t> encode_part(std::string_view part) const;

  std::string name_;
  BertRules rules_;
  std::unordered_map<std::string, int32_t> ids_;
  std::vector<std::string> first_, following_;  ///< by id: as a text begins with it, and goes on with it
  size_t longest_bytes_ = 0;                    ///< of a token
  int32_t unknown_ = -1;
};

}  // namespace weft
