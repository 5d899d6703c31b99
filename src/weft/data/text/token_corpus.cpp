#include "weft/data/text/token_corpus.h"

#include <algorithm>
#include <optional>

#include "weft/base/check.h"
#include "weft/base/text_file.h"
#include "weft/data/text/text_losses.h"
#include "weft/data/text/text_pieces.h"
#include "weft/data/text/token_file.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

Tokens read_tokens(const fs::path& path, const Tokenizer& tokenizer, uint64_t maker, const std::string& key) {
  const std::string bytes = read_text(path, "token file");
  const auto file = std::as_bytes(std::span(bytes));
  expect_made_by(maker, parse_token_header(file, std::ssize(bytes), path.string()), path.string());
  Tokens tokens = parse_token_file(file, path.string());
  const auto bad =
      std::ranges::find_if(tokens, [&](int32_t token) { return token >= tokenizer.vocabulary_size(); });
  if (bad != tokens.end()) {
    user_error("{}: {} has the token {}, and the tokenizer has {} tokens", key, path.string(), *bad,
               tokenizer.vocabulary_size());
  }
  return tokens;
}

}  // namespace

std::vector<std::string> encode_corpus(const TextFiles& files, const Tokenizer& tokenizer,
                                       const std::function<void(std::span<const int32_t>)>& take) {
  TextLosses losses(tokenizer);
  int64_t count = 0;
  std::optional<uint64_t> maker;
  const auto hand_on = [&](const Tokens& tokens) {
    count += std::ssize(tokens);
    take(tokens);
  };
  for (const fs::path& file : files.paths) {
    if (is_token_file(file)) {
      if (!maker) maker = fingerprint(tokenizer);
      hand_on(read_tokens(file, tokenizer, *maker, files.key));
      continue;
    }
    TextPieces pieces(file, files.key, [&](std::string_view before, std::string_view after) {
      return tokenizer.may_cut(before, after);
    });
    while (pieces.next()) {
      const Tokens tokens = pieces.before().empty() ? tokenizer.encode(pieces.piece())
                                                    : tokenizer.encode_after(pieces.before(), pieces.piece());
      losses.look(pieces.piece(), tokens);
      hand_on(tokens);
    }
  }
  if (count == 0) {
    user_error("{}: {} holds no text (files with a zero byte are taken for binary)", files.key,
               files.root.string());
  }
  std::vector<std::string> remarks = losses.remarks();
  if (!files.left_out.empty()) remarks.insert(remarks.begin(), files.left_out);
  return remarks;
}

Corpus read_corpus(const fs::path& path, const Tokenizer& tokenizer, const std::string& key) {
  Corpus corpus;
  TextFiles found = find_text(path, key);
  corpus.remarks = encode_corpus(found, tokenizer, [&](std::span<const int32_t> tokens) {
    corpus.tokens.insert(corpus.tokens.end(), tokens.begin(), tokens.end());
  });
  corpus.files = std::move(found.paths);
  return corpus;
}

Tokens cut_validation(Tokens& tokens, double fraction) {
  const auto kept = static_cast<std::ptrdiff_t>(static_cast<double>(tokens.size()) * (1 - fraction));
  Tokens tail(tokens.begin() + kept, tokens.end());
  tokens.resize(static_cast<size_t>(kept));
  return tail;
}

}  // namespace weft
