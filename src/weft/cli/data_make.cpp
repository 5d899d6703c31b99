#include "weft/cli/data_make.h"

#include <fmt/format.h>

#include <charconv>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/report/counter.h"
#include "weft/data/text/token_corpus.h"
#include "weft/data/text/token_file.h"

namespace weft {

namespace {

/// "128x128x4"
Dims parse_sizes(const std::string& text, const char* option) {
  Dims sizes;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    int64_t size = 0;
    const auto [next, error] = std::from_chars(at, end, size);
    if (error != std::errc() || size < 1) break;
    sizes.push_back(size);
    if (next == end) return sizes;
    if (*next != 'x') break;
    at = next + 1;
  }
  user_error("{} {}: expected sizes as in 128x128x128x4", option, text);
}

}  // namespace

void DataMake::declare(CLI::App& data) {
  CLI::App* make = data.add_subcommand("make", "make data to try things with, or a token file");
  make->require_subcommand(1);
  volumes_ = make->add_subcommand("volumes", "an HDF5 file of smooth random volumes and their parameters");
  volumes_->add_option("--out", volume_.path, "file to write")->required()->type_name("FILE.h5");
  volumes_->add_option("--count", volume_.count, "how many")->required();
  volumes_->add_option("--shape", shape_, "of a volume")->type_name("DxHxWxC");
  volumes_->add_option("--chunks", chunk_, "shape of a chunk of the file; without: not chunked")
      ->type_name("DxHxWxC");
  volumes_->add_option("--deflate", volume_.deflate, "compress, 1 to 9");
  volumes_->add_option("--seed", volume_.seed, "of the random fields");
  tokens_ = make->add_subcommand("tokens", "a token file of a text, for data.windows = \"streamed\"");
  tokens_->add_option("--text", text_, "file or folder of text")->required()->type_name("PATH");
  tokens_->add_option("--tokenizer", tokenizer_, tokenizers_there_are());
  tokens_->add_option("--out", token_file_, "file to write")->required()->type_name("FILE.tokens");
}

int DataMake::run() const { return volumes_->parsed() ? make_volume_file() : make_token_file(); }

int DataMake::make_volume_file() const {
  VolumeOptions options = volume_;
  options.shape = parse_sizes(shape_, "--shape");
  if (!chunk_.empty()) options.chunk = parse_sizes(chunk_, "--chunks");
  Counter counter("made");
  make_volumes(options, [&](int64_t done) { counter.show(done, options.count); });
  fmt::print("{} volumes {} written to {}\n", options.count, to_string(options.shape), options.path.string());
  return 0;
}

int DataMake::make_token_file() const {
  const auto tokenizer = make_tokenizer(tokenizer_);
  const Tokens tokens = read_corpus(text_, *tokenizer, "--text");
  write_token_file(token_file_, tokens);
  fmt::print("{} tokens of {} kinds written to {}\n", tokens.size(), tokenizer->vocabulary_size(),
             token_file_);
  return 0;
}

}  // namespace weft
