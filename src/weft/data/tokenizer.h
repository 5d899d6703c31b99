#pragma once
// From text to numbers and back.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  virtual std::vector<int32_t> encode(std::string_view text) const = 0;
  virtual std::string decode(const std::vector<int32_t>& tokens) const = 0;
  virtual int64_t vocabulary_size() const = 0;
};

/// "bytes": each byte is a token; else the path of a SentencePiece model. UserError where that cannot be
/// loaded.
std::shared_ptr<const Tokenizer> make_tokenizer(const std::string& spec);

}  // namespace weft
