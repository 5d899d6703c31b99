#include "weft/graph/segment.h"

#include <fmt/format.h>

#include <charconv>

namespace weft {

std::string to_string(const Cadence& cadence) {
  switch (cadence.kind) {
    case Cadence::Kind::microbatch:
      return "each microbatch";
    case Cadence::Kind::step:
      return cadence.every == 1 ? "each step" : fmt::format("every {} steps", cadence.every);
    case Cadence::Kind::on_call:
      return "on call";
  }
  return "?";
}

std::optional<Cadence> parse_cadence(std::string_view text) {
  for (const Cadence& plain : {Cadence::each_microbatch(), Cadence::each_step(), Cadence::on_call()}) {
    if (text == to_string(plain)) return plain;
  }
  constexpr std::string_view kEvery = "every ";
  constexpr std::string_view kSteps = " steps";
  if (!text.starts_with(kEvery) || !text.ends_with(kSteps) || text.size() <= kEvery.size() + kSteps.size()) {
    return std::nullopt;
  }
  text = text.substr(kEvery.size(), text.size() - kEvery.size() - kSteps.size());
  int64_t steps = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (error != std::errc() || end != text.data() + text.size() || steps < 2) return std::nullopt;
  return Cadence::every_steps(steps);
}

}  // namespace weft
