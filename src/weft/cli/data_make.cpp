#include "weft/cli/data_make.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/data/text/token_corpus.h"
#include "weft/data/text/token_file.h"
#include "weft/report/counter.h"

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

/// What is made of a text would be text itself the next time, or replace it.
void refuse_out_among_text(const std::filesystem::path& text, const std::filesystem::path& out) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::equivalent(text, out, error)) {
    user_error("--out {}: this is the text of --text itself, expected another place", out.string());
  }
  const fs::path folder = fs::canonical(text, error);
  if (error || !fs::is_directory(folder, error)) return;
  const fs::path place = fs::weakly_canonical(fs::absolute(out), error);
  if (std::ranges::mismatch(folder, place).in1 == folder.end()) {
    user_error(
        "--out {}: this lies in the folder of --text, whose files are the text; expected another place",
        out.string());
  }
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
  refuse_out_among_text(text_, token_file_);
  const auto tokenizer = make_tokenizer(tokenizer_);
  const TextFiles files = find_text(text_, "--text");
  TokenFileWriter file(token_file_, tokenizer->vocabulary_size() - 1, fingerprint(*tokenizer));
  const std::vector<std::string> remarks =
      encode_corpus(files, *tokenizer, [&](std::span<const int32_t> tokens) { file.append(tokens); });
  file.commit();
  fmt::print("{} tokens of {} kinds written to {}\n", file.count(), tokenizer->vocabulary_size(),
             token_file_);
  for (const std::string& remark : remarks) fmt::print("note: {}\n", remark);
  return 0;
}

}  // namespace weft
