#include "weft/datasets/data_kind.h"

#include <fmt/format.h>

#include <utility>

#include "weft/base/check.h"
#include "weft/datasets/data_place.h"

namespace weft {

namespace {

Complaint splits(std::string_view axis, int64_t parts, const std::string& what, const DataKind& kind) {
  const std::string key = fmt::format("parallel.{}", axis);
  return RecipeComplaint{
      key, fmt::format("{} = {} splits {}, but data.kind is \"{}\"", key, parts, what, kind.name())};
}

/// Axes that data of the kind never have cannot be split.
Complaint axes_of_samples(const DataKind& kind, const ParallelSection& parallel) {
  const bool ids = kind.form().ids;
  const int axes = ids ? 0 : kind.form().most_axes;
  if (!ids && parallel.sequence > 1)
    return splits("sequence", parallel.sequence, "sequences of tokens", kind);
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

/// Whether samples whose numbers are missing count as bad.
bool may_leave_out(const DataFacts& facts) {
  return facts.input.missing == MissingNumbers::skip || facts.target.missing == MissingNumbers::skip;
}

/// What samples are that are declared to have this shape and this target.
DataFacts facts_of(const DeclaredData& declared) {
  static const std::vector<std::string> kAxes{"depth", "height", "width", "channel"};
  DataFacts facts;
  facts.input = {"pixels", 0, declared.sample, {kAxes.end() - std::ssize(declared.sample), kAxes.end()}};
  facts.target = {"labels", declared.classes, declared.target, {}};
  facts.target.axes.assign(declared.target.size(), "target");
  return facts;
}

/// "1000 classes", or the shape of numbers.
std::string target_text(const SampleTensor& target) {
  return target.has_ids() ? fmt::format("{} classes", target.below)
                          : fmt::format("targets of {}", list_text(target.shape));
}

}  // namespace

/// A kind whose facts the recipe alone tells needs no shapes.
Complaint DataKind::check_declared(const DeclaredData& declared) const {
  if (!declared.is_given()) return std::nullopt;
  const auto complain = [&](const std::string& why) {
    return RecipeComplaint{"data.declare",
                           fmt::format("data.declare: {}, and data.kind is \"{}\"", why, name())};
  };
  if (form().ids) {
    const bool is_vocabulary =
        declared == DeclaredData{.vocabulary = declared.vocabulary, .samples = declared.samples} &&
        declared.vocabulary > 0;
    return is_vocabulary ? std::nullopt : Complaint(complain("only a vocabulary can be declared of tokens"));
  }
  if (declared.vocabulary > 0) return complain("a vocabulary is declared, which tokens have");
  if (declared.sample.empty()) return complain("the shape of a sample is not declared");
  const auto axes = std::ssize(declared.sample) - 1;
  if (axes < form().least_axes || axes > form().most_axes) {
    const int least = form().least_axes + 1;
    const int most = form().most_axes + 1;
    return complain(fmt::format(
        "sample = {} has {} dimensions, expected {}, the channels last", list_text(declared.sample), axes + 1,
        least == most ? fmt::format("{}", least) : fmt::format("from {} to {}", least, most)));
  }
  if ((declared.classes > 0) == !declared.target.empty()) {
    return complain("either classes or the shape of a target are declared");
  }
  if (knows_classes() && declared.classes == 0) return complain("the number of classes is not declared");
  return std::nullopt;
}

void DataKind::compare_with_declared(const Recipe& recipe, const DataFacts& facts) const {
  const DeclaredData& declared = recipe.data.declare;
  if (declared.sample.empty()) return;
  const DataFacts expected = facts_of(declared);
  if (facts.input.shape != expected.input.shape) {
    user_error("data.declare says that a sample is {}, and those of {} are {}", list_text(declared.sample),
               recipe.data.path, list_text(facts.input.shape));
  }
  if (facts.target.below != expected.target.below || facts.target.shape != expected.target.shape) {
    user_error("data.declare says {}, and {} has {}", target_text(expected.target), recipe.data.path,
               target_text(facts.target));
  }
}

const KindsOf<DataKind>& DataKind::kinds() {
  static const auto kKinds = KindsOf<DataKind>::from(register_all_data_kinds);
  return kKinds;
}

TrainingData DataKind::open(const Recipe& recipe, const Communicator& world, int64_t ids) const {
  if (recipe.data.path.empty()) {
    user_error(
        "data.path is not given: what data.declare says of samples is enough to plan, and not to train or "
        "evaluate");
  }
  expect_data_there(recipe.data);
  TrainingData data = open_samples(recipe, world, ids);
  compare_with_declared(recipe, data.facts);
  if (data.facts.target.below == 1) {
    data.remarks.push_back(
        fmt::format("{}: all targets are of one class, so there is nothing to tell apart and the loss is 0",
                    recipe.data.path));
  }
  data.facts = with_rules_of(recipe.data, std::move(data.facts));
  const LoadingKeys& loading = recipe.data.loading;
  if (loading.bad_limit != LoadingKeys().bad_limit && loading.on_bad == OnBadSample::fail &&
      !may_leave_out(data.facts)) {
    data.remarks.emplace_back(
        "data.bad_limit does nothing: data.on_bad is \"fail\", which ends the run at the first bad sample");
  }
  return data;
}

std::optional<DataFacts> DataKind::foretell(const Recipe& recipe, int64_t ids) const {
  const DeclaredData& declared = recipe.data.declare;
  std::optional<DataFacts> facts = foretell_samples(recipe, ids);
  if (!facts && !declared.sample.empty()) {
    facts = facts_of(declared);
    add_rules(*facts);
  }
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
  if (Complaint complaint = check_declared(recipe.data.declare)) return complaint;
  if (Complaint complaint = axes_of_samples(*this, recipe.parallel)) return complaint;
  return check_keys(recipe);
}

}  // namespace weft
