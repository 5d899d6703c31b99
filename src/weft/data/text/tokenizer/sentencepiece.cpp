// The pieces of a SentencePiece model (Kudo and Richardson, 2018).
#include <sentencepiece_processor.h>

#include <algorithm>
#include <filesystem>
#include <unordered_set>

#include "weft/base/check.h"
#include "weft/base/utf8.h"
#include "weft/data/text/tokenizer.h"

namespace weft {

namespace {

bool goes_on(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }

/// Bytes of the character that begins at `at`.
size_t first_character(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && goes_on(text[end])) ++end;
  return end - at;
}

/// Where the last character begins.
size_t last_character(std::string_view text) {
  size_t at = text.size() - 1;
  while (at > 0 && goes_on(text[at])) --at;
  return at;
}

/// Whether a message of protocol buffers (https://protobuf.dev/programming-guides/encoding) has a field that
/// is bytes, as messages within it are. The library has parsed it: nothing is checked but its end.
bool has_field(std::string_view message, uint64_t wanted) {
  const auto number = [&] {
    uint64_t value = 0;
    for (int shift = 0; !message.empty() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(message.front());
      message.remove_prefix(1);
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (!message.empty()) {
    const uint64_t key = number();
    if ((key & 7) != 2) return false;  // all that a model has are bytes
    const uint64_t bytes = number();
    if (key >> 3 == wanted) return true;
    message.remove_prefix(std::min<uint64_t>(bytes, message.size()));
  }
  return false;
}

class SentencePieceTokenizer final : public Tokenizer {
 public:
  explicit SentencePieceTokenizer(const std::string& path) : path_(path) {
    if (!std::filesystem::is_regular_file(path)) user_error("data.tokenizer: {} is no file", path);
    const auto status = processor_.Load(path);
    if (!status.ok()) user_error("data.tokenizer: {} is no SentencePiece model", path);
    constexpr uint64_t kNormalizer = 3;  // of a ModelProto, after the pieces
    if (!has_field(processor_.serialized_model_proto(), kNormalizer)) {
      user_error("data.tokenizer: {} has pieces and does not say how texts are normalized; is it cut short?",
                 path);
    }
    for (int id = 0; id < processor_.GetPieceSize(); ++id) add_pairs(processor_.IdToPiece(id));
  }
  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int> ids;
    processor_.Encode({text.data(), text.size()}, &ids);
    return {ids.begin(), ids.end()};
  }
  /// A text on its own gets a space before its first word, and may lose white space at its ends. So what goes
  /// before is encoded too, and its tokens taken away.
  std::vector<int32_t> encode_after(std::string_view before, std::string_view text) const override {
    const std::vector<int32_t> first = encode(before);
    std::vector<int32_t> both = encode(std::string(before) + std::string(text));
    if (both.size() < first.size() || !std::equal(first.begin(), first.end(), both.begin()))
      return encode(text);
    both.erase(both.begin(), both.begin() + std::ssize(first));
    return both;
  }
  /// Not where the characters that meet there in the normalized text are neighbours in some piece, as those
  /// around a space are in a model whose pieces span words, and around a newline that is made a space.
  bool may_cut(std::string_view before, std::string_view after) const override {
    const std::string_view sound = after.substr(0, utf8_bytes(after));
    if (sound.find_first_not_of(" \t\n\v\f\r") == std::string_view::npos) return false;
    const std::string first = normalized(before);
    const std::string both = normalized(std::string(before) + std::string(sound));
    if (first.empty() || both.size() == first.size() || !both.starts_with(first)) return false;
    const size_t begin = last_character(first);
    return !pairs_.contains(both.substr(begin, first.size() - begin + first_character(both, first.size())));
  }
  std::string decode(const std::vector<int32_t>& tokens) const override {
    const std::vector<int> ids(tokens.begin(), tokens.end());
    std::string text;
    processor_.Decode(ids, &text);
    return text;
  }
  int64_t vocabulary_size() const override { return processor_.GetPieceSize(); }
  int32_t unknown() const override { return processor_.unk_id(); }
  std::string name() const override { return path_; }

 private:
  void add_pairs(std::string_view piece) {
    for (size_t at = 0; at < piece.size();) {
      const size_t next = at + first_character(piece, at);
      if (next < piece.size()) pairs_.emplace(piece.substr(at, next - at + first_character(piece, next)));
      at = next;
    }
  }
  std::string normalized(std::string_view text) const {
    std::vector<std::string> pieces;
    processor_.Encode({text.data(), text.size()}, &pieces);
    std::string joined;
    for (const std::string& piece : pieces) joined += piece;
    return joined;
  }

  std::string path_;
  sentencepiece::SentencePieceProcessor processor_;
  std::unordered_set<std::string> pairs_;  ///< of characters that are neighbours in a piece
};

}  // namespace

void register_sentencepiece(TokenizerRegistry& registry) {
  registry.add({"sentencepiece", "the file of a SentencePiece model",
                [](const std::string& spec) { return std::filesystem::is_directory(spec) ? 0 : 1; },
                [](const std::string& spec) -> std::shared_ptr<const Tokenizer> {
                  return std::make_shared<SentencePieceTokenizer>(spec);
                }});
}

}  // namespace weft
