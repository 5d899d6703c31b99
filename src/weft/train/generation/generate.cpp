#include "weft/train/generation/generate.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/base/philox.h"
#include "weft/base/printable.h"
#include "weft/recipe/value.h"
#include "weft/train/generation/generator.h"

namespace weft {

std::string generate(Session& session, const GenerateOptions& options) {
  Generator generator(session);
  WEFT_CHECK(session.data().tokenizer != nullptr, "text without a tokenizer");
  const Tokenizer& tokenizer = *session.data().tokenizer;
  const std::vector<int32_t> prompt = tokenizer.encode(options.prompt);
  if (prompt.empty()) {
    user_error(
        "data.tokenizer makes no token of the prompt {}, and there must be one to go on from; --prompt and "
        "log.prompt name another",
        toml_quoted(printable(options.prompt)));
  }
  const RandomStream stream{options.seed, 0x7e47, static_cast<uint64_t>(options.sample)};
  NextToken next(options.sampling);
  std::vector<int32_t> made;
  std::span<const double> logits = generator.begin(prompt);
  for (int64_t i = 0; i < options.tokens; ++i) {
    if (i > 0 && options.goes_on && !options.goes_on(i)) break;
    if (i > 0) logits = generator.next(made.back());
    // A padded vocabulary has ids that are no tokens.
    const auto known = std::min(logits.size(), static_cast<size_t>(tokenizer.vocabulary_size()));
    made.push_back(draw(next.probabilities(logits.first(known)), stream.uniform(static_cast<uint64_t>(i))));
  }
  return tokenizer.decode(made);
}

}  // namespace weft
