#include "weft/datasets/data_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weft {

namespace {

std::string text_of(const SampleTensor& tensor) {
  const std::string name = tensor.field.empty() ? tensor.name : "field " + tensor.field;
  if (tensor.shape.empty()) {
    return name + (tensor.has_ids() ? fmt::format(" one of {} classes", tensor.below) : " a number");
  }
  return fmt::format("{} [{}]{}", name, fmt::join(tensor.shape, ", "),
                     tensor.has_ids() ? fmt::format(" of {} ids", tensor.below) : "");
}

}  // namespace

std::string text_of(const DataFacts& facts) {
  return fmt::format("{}; {}", text_of(facts.input), text_of(facts.target));
}

}  // namespace weft
