#include "weft/data/source/field_choice.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr size_t kMostRemarks = 5;

std::string list_of(std::span<const FieldCandidate> candidates) {
  std::string list;
  for (size_t i = 0; i < candidates.size() && i < 20; ++i) {
    list += fmt::format("{}{} {}", i > 0 ? ", " : "", candidates[i].name, to_string(candidates[i].shape));
  }
  return list.empty() ? "nothing" : list;
}

/// Whether it is a field where none are named.
class Offered {
 public:
  Offered(std::span<const FieldCandidate> candidates, bool first_is_sample)
      : first_is_sample_(first_is_sample),
        is_any_no_coordinate_(std::ranges::any_of(
            candidates, [&](const FieldCandidate& c) { return !c.is_coordinate && can_be(c); })) {}
  bool operator()(const FieldCandidate& candidate) const {
    return can_be(candidate) && !is_left_out_coordinate(candidate);
  }
  /// Coordinates are fields where there is nothing else.
  bool is_left_out_coordinate(const FieldCandidate& candidate) const {
    return candidate.is_coordinate && is_any_no_coordinate_;
  }

 private:
  bool can_be(const FieldCandidate& candidate) const {
    return candidate.problem.empty() && !(first_is_sample_ && candidate.shape.empty());
  }

  bool first_is_sample_;
  bool is_any_no_coordinate_;
};

size_t find_named(const std::string& file, std::span<const FieldCandidate> candidates,
                  const std::string& name) {
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].name != name) continue;
    if (!candidates[i].problem.empty()) user_error("{}: '{}' {}", file, name, candidates[i].problem);
    return i;
  }
  user_error("{}: there is no '{}', it holds {}", file, name, list_of(candidates));
}

}  // namespace

std::vector<size_t> choose_fields(const std::string& file, std::span<const FieldCandidate> candidates,
                                  std::span<const std::string> wanted, bool first_is_sample) {
  std::vector<size_t> chosen;
  for (const std::string& name : wanted) chosen.push_back(find_named(file, candidates, name));
  if (wanted.empty()) {
    const Offered is_offered(candidates, first_is_sample);
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (is_offered(candidates[i])) chosen.push_back(i);
    }
    const auto has_more_than_a_number = [&](size_t i) {
      const Dims& shape = candidates[i].shape;
      return elems_of({shape.begin() + (first_is_sample ? 1 : 0), shape.end()}) != 1;
    };
    std::stable_partition(chosen.begin(), chosen.end(), has_more_than_a_number);
  }
  if (chosen.empty()) {
    const auto bad = std::find_if(candidates.begin(), candidates.end(),
                                  [](const FieldCandidate& c) { return !c.problem.empty(); });
    if (bad != candidates.end()) user_error("{}: '{}' {}", file, bad->name, bad->problem);
    user_error("{}: holds no array of samples; it holds {}", file, list_of(candidates));
  }
  if (!first_is_sample) return chosen;
  const FieldCandidate& first = candidates[chosen[0]];
  for (const size_t i : chosen) {
    const FieldCandidate& other = candidates[i];
    if (other.shape.empty()) user_error("{}: '{}' is one number, expected one a sample", file, other.name);
    if (other.shape[0] != first.shape[0]) {
      user_error(
          "{}: '{}' has {} samples and '{}' has {}; name those that belong together, as data.input and "
          "data.target of a recipe do, or --fields",
          file, first.name, first.shape[0], other.name, other.shape[0]);
    }
  }
  return chosen;
}

std::vector<std::string> remarks_on_choice(const std::string& file,
                                           std::span<const FieldCandidate> candidates,
                                           std::span<const std::string> wanted, bool first_is_sample) {
  if (!wanted.empty()) return {};
  const Offered is_offered(candidates, first_is_sample);
  std::vector<std::string> remarks;
  std::vector<FieldCandidate> coordinates;
  size_t more = 0;
  for (const FieldCandidate& candidate : candidates) {
    if (is_offered(candidate)) continue;
    if (is_offered.is_left_out_coordinate(candidate)) {
      coordinates.push_back(candidate);
    } else if (remarks.size() == kMostRemarks) {
      ++more;
    } else {
      remarks.push_back(fmt::format("{}: '{}' is left out: it {}", file, candidate.name,
                                    candidate.problem.empty()
                                        ? "is one number, and samples are the rows of arrays"
                                        : candidate.problem));
    }
  }
  if (more > 0) remarks.push_back(fmt::format("{}: {} more arrays are left out", file, more));
  if (!coordinates.empty())
    remarks.push_back(fmt::format("{}: coordinates are left out: {}", file, list_of(coordinates)));
  return remarks;
}

}  // namespace weft
