#pragma once
// GPT-2's byte-pair encoding (Radford et al., 2019; Sennrich et al., ACL 2016), from the two files that
// define it.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "weft/data/text/tokenizer.h"

namespace weft {

/// Whether PCRE's match found something, by what it returned. UserError where it says neither that it did nor
/// that there is nothing to find.
bool is_match(int pcre_result);

/// Text is cut into words, numbers, signs and white space by GPT-2's pattern; the bytes of each piece are
/// joined in the order of the merges. Any bytes can be encoded, UTF-8 or not, and decoding gives them back.
class BytePairs final : public Tokenizer {
 public:
  /// `vocabulary`: vocab.json, which gives each token, written in GPT-2's letters for bytes, its id.
  /// `merges`: merges.txt, two tokens a line that are joined, first those that are joined first. `source`
  /// names them in errors. UserError where the texts are not that, a byte has no token, or a merge is of
  /// tokens that there are not.
  BytePairs(std::string_view vocabulary, std::string_view merges, const std::string& source);
  ~BytePairs() override;
  BytePairs(const BytePairs&) = delete;
  BytePairs& operator=(const BytePairs&) = delete;

  std::vector<int32_t> encode(std::string_view text) const override;
  std::string decode(const std::vector<int32_t>& tokens) const override;
  int64_t vocabulary_size() const override { return static_cast<int64_t>(bytes_of_.size()); }

 private:
  struct Merge {
    int32_t rank = 0;
    int32_t made = 0;
  };
  struct Pattern;

  void read_vocabulary(std::string_view text, const std::string& source);
  void read_merges(std::string_view text, const std::string& source);
  int32_t id_of(const std::string& letters) const;
  const Merge* merge_of(int32_t left, int32_t right) const;
  std::vector<int32_t> encode_piece(std::string_view piece) const;

  std::unordered_map<std::string, int32_t> ids_;  ///< by the token's bytes
  std::vector<std::string> bytes_of_;             ///< by id; empty: there is no such token
  std::array<int32_t, 256> of_byte_{};
  std::unordered_map<uint64_t, Merge> merges_;  ///< by both ids
  std::unique_ptr<Pattern> pattern_;
};

}  // namespace weft
