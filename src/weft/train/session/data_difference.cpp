#include "weft/train/session/data_difference.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "weft/base/byte_size.h"
#include "weft/base/plural.h"

namespace weft {

namespace {

std::string text_of(const DataPart& part, bool is_exact) {
  std::string text = plural(part.count, part.unit);
  if (part.bytes == 0) return text;
  return text + ", " + (is_exact ? plural(part.bytes, "byte") : format_bytes(part.bytes));
}

std::string difference_of(const std::string& what, const std::optional<DataPart>& then, const DataPart& now) {
  if (!then) return fmt::format("the {} (names, fields or contents)", what);
  const bool is_exact = text_of(*then, false) == text_of(now, false);
  const std::string one = text_of(*then, is_exact);
  const std::string other = text_of(now, is_exact);
  const std::string numbers = one == other ? "still " + one : one + " -> " + other;
  if (then->names == now.names) return fmt::format("the contents of the {} ({})", what, numbers);
  return fmt::format("the {} (other names or fields; {})", what, numbers);
}

}  // namespace

std::vector<std::string> data_differences(const RunIdentity& then, const TrainingData& now) {
  if (then.data == now.fingerprint) return {};
  const auto halves = [](const std::string& fingerprint) {
    const size_t dash = fingerprint.find('-');
    if (dash == std::string::npos) return std::pair(fingerprint, fingerprint);
    return std::pair(fingerprint.substr(0, dash), fingerprint.substr(dash + 1));
  };
  const auto [training, held_out] = halves(then.data);
  const auto [training_now, held_out_now] = halves(now.fingerprint);
  std::vector<std::string> found;
  if (training != training_now) {
    found.push_back(difference_of("training data", then.training, now.training));
  }
  if (held_out != held_out_now) {
    found.push_back(difference_of("validation data", then.held_out, now.held_out));
  }
  return found;
}

}  // namespace weft
