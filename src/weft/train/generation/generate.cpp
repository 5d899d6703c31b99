#include "weft/train/generation/generate.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/base/philox.h"
#include "weft/train/generation/generator.h"

namespace weft {

namespace {

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
  Generator generator(session);
  WEFT_CHECK(session.data().tokenizer != nullptr, "text without a tokenizer");
  const Tokenizer& tokenizer = *session.data().tokenizer;
  const std::vector<int32_t> prompt = tokenizer.encode(options.prompt);
  if (prompt.empty()) user_error("the prompt has no token");
  const RandomStream stream{options.seed, 0x7e47, 0};
  std::vector<int32_t> made;
  std::span<const double> logits = generator.begin(prompt);
  for (int64_t i = 0; i < options.tokens; ++i) {
    if (i > 0) logits = generator.next(made.back());
    // A padded vocabulary has ids that are no tokens.
    const auto known = std::min(logits.size(), static_cast<size_t>(tokenizer.vocabulary_size()));
    made.push_back(draw({logits.begin(), logits.begin() + static_cast<std::ptrdiff_t>(known)},
                        options.temperature, stream.uniform(static_cast<uint64_t>(i))));
  }
  return tokenizer.decode(made);
}

}  // namespace weft
