#include "weft/datasets/data_kind.h"

#include <fmt/format.h>

#include <utility>

#include "weft/base/check.h"

namespace weft {

namespace {

Complaint splits(std::string_view axis, int64_t parts, const std::string& what, const DataKind& kind) {
  const std::string key = fmt::format("parallel.{}", axis);
  return RecipeComplaint{
      key, fmt::format("{} = {} splits {}, but data.kind is \"{}\"", key, parts, what, kind.name())};
}

/// Axes in space that data of the kind never have cannot be split.
Complaint axes_in_space(const DataKind& kind, const ParallelSection& parallel) {
  const int axes = kind.form().ids ? 0 : kind.form().most_axes;
  if (axes < 2 && parallel.height > 1) return splits("height", parallel.height, "images", kind);
  if (axes < 1 && parallel.width > 1) return splits("width", parallel.width, "images", kind);
  if (axes < 3 && parallel.depth > 1) return splits("depth", parallel.depth, "volumes", kind);
  return std::nullopt;
}

/// What [data] says of samples whatever they are.
DataFacts with_rules_of(const DataSection& data, DataFacts facts) {
  if (facts.target.has_ids()) {
    facts.target.ignored = data.ignore_index;
  } else if (data.ignore_index) {
    user_error(
        "data.ignore_index = {}: the targets are numbers, which have no id that could be ignored; "
        "data.missing says what becomes of those that are missing",
        *data.ignore_index);
  }
  const auto may_miss = [](const SampleTensor& tensor) { return tensor.missing != MissingNumbers::fail; };
  facts.has_gaps = data.loading.on_bad == OnBadSample::skip || data.loading.last_batch != LastBatch::drop ||
                   facts.target.ignored || may_miss(facts.input) || may_miss(facts.target);
  return facts;
}

}  // namespace

const KindsOf<DataKind>& DataKind::kinds() {
  static const auto kKinds = KindsOf<DataKind>::from(register_all_data_kinds);
  return kKinds;
}

TrainingData DataKind::open(const Recipe& recipe, const Communicator& world, int64_t ids) const {
  TrainingData data = open_samples(recipe, world, ids);
  data.facts = with_rules_of(recipe.data, std::move(data.facts));
  return data;
}

std::optional<DataFacts> DataKind::foretell(const Recipe& recipe, int64_t ids) const {
  std::optional<DataFacts> facts = foretell_samples(ids);
  if (facts) facts = with_rules_of(recipe.data, *std::move(facts));
  return facts;
}

std::optional<TrainingData> DataKind::without_samples(const Recipe& recipe, int64_t ids) const {
  const std::optional<DataFacts> facts = foretell(recipe, ids);
  if (!facts) return std::nullopt;
  TrainingData data;
  data.facts = *facts;
  data.tokenizer = tokenizer_of_samples();
  return data;
}

Complaint DataKind::check(const Recipe& recipe) const {
  if (recipe.data.loading.sampler == SamplerKind::class_balanced && !knows_classes()) {
    const auto fitting = kinds().names_where([](const DataKind& kind) { return kind.knows_classes(); });
    return RecipeComplaint{
        "data.sampler",
        fmt::format("data.sampler = \"class_balanced\" needs data.kind = {}", any_of(fitting))};
  }
  if (Complaint complaint = axes_in_space(*this, recipe.parallel)) return complaint;
  return check_keys(recipe);
}

}  // namespace weft
