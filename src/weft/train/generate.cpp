#include "weft/train/generate.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/base/philox.h"

namespace weft {

namespace {

std::vector<double> row_of(const View& logits, int64_t row) {
  const int64_t width = logits.type.shape.back();
  std::vector<double> values;
  for (int64_t i = row * width; i < (row + 1) * width; ++i) {
    switch (logits.type.dtype) {
      case DType::f64:
        values.push_back(logits.as<double>()[i]);
        break;
      case DType::f32:
        values.push_back(static_cast<double>(logits.as<float>()[i]));
        break;
      case DType::bf16:
        values.push_back(static_cast<double>(static_cast<float>(logits.as<BFloat16>()[i])));
        break;
      case DType::i64:
      case DType::i32:
      case DType::u8:
      case DType::bit:
        internal_error(__FILE__, __LINE__, "logits of type {}", name_of(logits.type.dtype));
    }
  }
  return values;
}

/// Draws from softmax(logits / temperature) with the uniform number `u`.
int32_t draw(std::vector<double> logits, double temperature, double u) {
  const auto best = std::max_element(logits.begin(), logits.end());
  if (temperature <= 0) return static_cast<int32_t>(best - logits.begin());
  const double top = *best;
  double sum = 0;
  for (double& value : logits) sum += value = std::exp((value - top) / temperature);
  double left = u * sum;
  for (size_t i = 0; i < logits.size(); ++i) {
    left -= logits[i];
    if (left < 0) return static_cast<int32_t>(i);
  }
  return static_cast<int32_t>(logits.size() - 1);
}

}  // namespace

std::string generate(Session& session, const GenerateOptions& options) {
  Executor& executor = session.executor();
  const std::optional<SegmentId> segment = executor.program().find("generate");
  if (!segment || !session.data().tokenizer) user_error("model.kind: this model generates no text");
  const Tokenizer& tokenizer = *session.data().tokenizer;
  std::vector<int32_t> tokens = tokenizer.encode(options.prompt);
  if (tokens.empty()) user_error("the prompt has no token");
  const size_t given = tokens.size();
  const NamedSlot& prompt = executor.program().named.at("prompt");
  const auto context = static_cast<size_t>(prompt.where.global_type.shape[1]);
  const View view = executor.view("prompt");
  const RandomStream stream{options.seed, 0x7e47, 0};
  executor.refresh();
  for (int64_t made = 0; made < options.tokens; ++made) {
    const size_t first = tokens.size() > context ? tokens.size() - context : 0;
    const size_t length = tokens.size() - first;
    // Attention is causal: what stands after the last token changes nothing.
    if (view.elems() > 0) {
      std::fill_n(view.as<int32_t>(), view.elems(), 0);
      std::copy_n(tokens.begin() + static_cast<std::ptrdiff_t>(first), length, view.as<int32_t>());
    }
    executor.run(*segment);
    std::vector<double> logits =
        row_of(executor.output(*segment, "logits"), static_cast<int64_t>(length) - 1);
    logits.resize(std::min(logits.size(), static_cast<size_t>(tokenizer.vocabulary_size())));
    tokens.push_back(
        draw(std::move(logits), options.temperature, stream.uniform(static_cast<uint64_t>(made))));
  }
  return tokenizer.decode(
      std::vector<int32_t>(tokens.begin() + static_cast<std::ptrdiff_t>(given), tokens.end()));
}

}  // namespace weft
