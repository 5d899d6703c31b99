#include "weft/models/model.h"

#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/datasets/data_kind.h"
#include "weft/ops/pointwise/dropout.h"

namespace weft {

const KindsOf<Model>& Model::kinds() {
  static const auto kKinds = KindsOf<Model>::from(register_all_models);
  return kKinds;
}

Complaint Model::check(const Recipe& recipe) const {
  const DataKind& data = *recipe.data.kind;
  if (data.form().suits(takes())) return check_keys(recipe);
  const auto wanted =
      DataKind::kinds().names_where([&](const DataKind& kind) { return kind.form().suits(takes()); });
  return RecipeComplaint{"data.kind", fmt::format("model.kind = \"{}\" needs data.kind = {}, got \"{}\"",
                                                  name(), any_of(wanted), data.name())};
}

ValueId Model::prompt(const ModelContext& /*context*/, ValueId /*tokens*/, ValueId /*last*/) const {
  internal_error(__FILE__, __LINE__, "a {} generates nothing", name());
}

ValueId Model::follow(const ModelContext& /*context*/, ValueId /*token*/, ValueId /*position*/) const {
  internal_error(__FILE__, __LINE__, "a {} generates nothing", name());
}

ForeignWeights Model::huggingface(const ShapeOf& /*shape*/) const {
  user_error("model.kind = \"{}\": transformers has no such model", name());
}

ModelContext context_for(const Recipe& recipe, GraphBuilder& build, ParameterSet& parameters,
                         const DataFacts& facts, bool training) {
  return {build,
          parameters,
          facts,
          build.input("step", {DType::i64, {}}, {}),
          recipe.run.precision,
          training ? recipe.model.dropout : 0,
          static_cast<uint64_t>(recipe.run.seed),
          training};
}

namespace {

bool takes_such(const Model& model, const Dims& sample) {
  const int axes = static_cast<int>(std::ssize(sample)) - 1;
  const InputForm form{.ids = false, .least_axes = axes, .most_axes = axes};
  return form.suits(model.takes());
}

/// Which networks take such samples: the end of a sentence.
std::string takers_of(const Dims& sample) {
  const auto take = Model::kinds().names_where([&](const Model& model) { return takes_such(model, sample); });
  return take.empty() ? std::string("; no model.kind takes such samples")
                      : fmt::format("; model.kind = {} takes such samples", any_of(take));
}

/// Which networks learn numbers of such samples: the end of a sentence.
std::string learners_of_numbers(const Dims& sample) {
  const auto learn = Model::kinds().names_where(
      [&](const Model& model) { return model.ids() == kNoIds && takes_such(model, sample); });
  return learn.empty() ? fmt::format("; no model.kind learns numbers of samples {}", to_string(sample))
                       : fmt::format("; model.kind = {} learns numbers", any_of(learn));
}

}  // namespace

int64_t classes_of(const DataFacts& facts, std::string_view name, int64_t named) {
  const int64_t known = facts.target.below;
  if (known == 0) {
    user_error("model.kind: a {} learns class ids, one whole number a sample, and {} is {}{}", name,
               facts.target.label.empty() ? facts.target.name : facts.target.label,
               facts.target.form.empty() ? "numbers" : facts.target.form,
               learners_of_numbers(facts.input.shape));
  }
  if (named > 0 && named < known) user_error("model.classes={}: the data have {} classes", named, known);
  return named > 0 ? named : known;
}

void expect_axes(const DataFacts& facts, std::string_view name, size_t axes, std::string_view samples) {
  const Dims& shape = facts.input.shape;
  if (shape.size() == axes + 1) return;
  const auto& said = facts.input.channels;
  const std::string_view cure = said ? other_channels(*said, shape, axes + 1, axes + 1) : "";
  user_error("model.kind: a {} takes {}, and a sample of data.path is {}{}", name, samples, to_string(shape),
             cure.empty() ? takers_of(shape) : cure);
}

ValueId dropped(const ModelContext& context, ValueId x, uint64_t stream) {
  if (context.dropout == 0) return x;
  return dropout(context.build, x, context.step, context.dropout, context.seed, stream);
}

}  // namespace weft
