#include "weft/graph/segment.h"

#include <fmt/format.h>

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

}  // namespace weft
