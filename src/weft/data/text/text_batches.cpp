#include "weft/data/text/text_batches.h"

#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/base/philox.h"

namespace weft {

namespace {

constexpr uint64_t kWindowStream = 0x7465'7874;  // "text"

void check_length(const Tokens& tokens, const TextOptions& options) {
  if (static_cast<int64_t>(tokens.size()) < options.context + 1) {
    user_error(
        "{}: {} tokens are too few for windows of data.context={} and one more; expected more text, or a "
        "shorter context",
        options.key, tokens.size(), options.context);
  }
}

std::string name_of_window(const TextOptions& options, int64_t start) {
  return fmt::format("{}, the window of {} tokens from token {} on",
                     options.path.empty() ? options.key : options.path, options.context, start);
}

/// Copies the part of a row that `region` asks for; start < 0 stands for a row that does not count.
void copy_row(const Tokens& tokens, int64_t start, int64_t shift, const Region& region, int64_t row,
              const View& output) {
  const Range columns = region.ranges[1];
  int32_t* to = output.as<int32_t>() + (row - region.ranges[0].begin) * columns.size();
  for (int64_t column = columns.begin; column < columns.end; ++column) {
    *to++ = start < 0 ? (shift == 0 ? 0 : -1) : tokens[static_cast<size_t>(start + column + shift)];
  }
}

template <class StartOf>
void copy_rows(const Tokens& tokens, std::span<const View> outputs, std::span<const Region> regions,
               const StartOf& start_of) {
  WEFT_CHECK(outputs.size() == 2 && regions.size() == 2, "a text batch has tokens and targets");
  for (size_t tensor = 0; tensor < 2; ++tensor) {
    const Region& region = regions[tensor];
    for (int64_t row = region.ranges[0].begin; row < region.ranges[0].end; ++row) {
      copy_row(tokens, start_of(row), static_cast<int64_t>(tensor), region, row, outputs[tensor]);
    }
  }
}

}  // namespace

TextBatches::TextBatches(std::shared_ptr<const Tokens> tokens, TextOptions options)
    : tokens_(std::move(tokens)), options_(std::move(options)) {
  check_length(*tokens_, options_);
}

void TextBatches::fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) {
  number_ = number;
  copy_rows(*tokens_, outputs, regions, [&](int64_t row) { return start_of(row); });
}

int64_t TextBatches::start_of(int64_t row) const {
  const int64_t place = number_ * options_.batch + row;
  const int64_t rows = options_.batch * options_.group;
  const int64_t step = place / rows;
  const RandomStream stream{options_.seed, kWindowStream, static_cast<uint64_t>(step)};
  const auto starts = static_cast<uint64_t>(static_cast<int64_t>(tokens_->size()) - options_.context);
  return static_cast<int64_t>(stream.below(static_cast<uint64_t>(place % rows), starts));
}

std::string TextBatches::name_of(int64_t row) const { return name_of_window(options_, start_of(row)); }

TextEvaluation::TextEvaluation(std::shared_ptr<const Tokens> tokens, TextOptions options)
    : tokens_(std::move(tokens)), options_(std::move(options)) {
  check_length(*tokens_, options_);
  if (options_.shuffled) order_.emplace(windows(), RandomStream{options_.seed, kWindowStream, 0});
}

int64_t TextEvaluation::windows() const {
  return (static_cast<int64_t>(tokens_->size()) - 1) / options_.context;
}

int64_t TextEvaluation::batches() const { return (windows() + options_.batch - 1) / options_.batch; }

void TextEvaluation::fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) {
  number_ = number;
  copy_rows(*tokens_, outputs, regions,
            [&](int64_t row) { return has_sample(row) ? window_of(row) * options_.context : -1; });
}

std::string TextEvaluation::name_of(int64_t row) const {
  return name_of_window(options_, window_of(row) * options_.context);
}

}  // namespace weft
