#include "weft/base/nearest_key.h"

#include <algorithm>
#include <vector>

namespace weft {
namespace {

/// Longer keys are no misspelling of ours, and the distance is quadratic.
constexpr size_t kLongestKey = 64;

std::string_view without_section(std::string_view key) { return key.substr(key.rfind('.') + 1); }

/// "lr" of "learning_rate".
std::string initials(std::string_view key) {
  std::string letters;
  for (size_t i = 0; i < key.size(); ++i) {
    if (i == 0 || key[i - 1] == '_') letters += key[i];
  }
  return letters;
}

/// Being in another section weighs as much as one wrong letter.
int64_t distance_of_keys(std::string_view key, std::string_view candidate) {
  const std::string_view name = without_section(candidate);
  if (name.find('_') != std::string_view::npos && without_section(key) == initials(name)) return 0;
  return std::min(edit_distance(key, candidate),
                  1 + edit_distance(without_section(key), without_section(candidate)));
}

}  // namespace

int64_t edit_distance(std::string_view a, std::string_view b) {
  const size_t columns = b.size() + 1;
  std::vector<int64_t> cost((a.size() + 1) * columns);
  const auto at = [&](size_t i, size_t j) -> int64_t& { return cost[i * columns + j]; };
  for (size_t i = 0; i <= a.size(); ++i) at(i, 0) = static_cast<int64_t>(i);
  for (size_t j = 0; j <= b.size(); ++j) at(0, j) = static_cast<int64_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const int64_t substituted = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
      }
    }
  }
  return at(a.size(), b.size());
}

std::optional<std::string> nearest_key(std::string_view key, std::span<const std::string> candidates) {
  if (key.size() > kLongestKey) return std::nullopt;
  const auto near_enough = std::max<int64_t>(2, static_cast<int64_t>(without_section(key).size()) / 3);
  std::optional<std::string> nearest;
  int64_t least = near_enough + 1;
  for (const std::string& candidate : candidates) {
    const int64_t distance = distance_of_keys(key, candidate);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace weft
