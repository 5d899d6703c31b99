// Generation on every mesh: logits with kept keys and values against those of the whole context.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/train/all_logits.h"
#include "tests/train/tiny_text.h"
#include "weft/train/generation/generator.h"
#include "weft/train/training_step.h"

namespace weft {
namespace {

std::vector<std::vector<std::string>> meshes_for(int ranks) {
  switch (ranks) {
    case 1:
      return {{}};
    case 2:
      return {{"parallel.data=2"}, {"parallel.tensor=2"}};
    case 3:
      return {{"parallel.tensor=3"}, {"parallel.data=3", "parallel.shard_optimizer=true"}};
    case 4:
      return {{"parallel.data=2", "parallel.tensor=2", "parallel.shard_optimizer=true"}};
    default:
      return {};
  }
}

TEST(Generation, OnAnyMeshHasTheLogitsOfTheWholeContext) {
  const Communicator world = Communicator::world();
  const testing::TinyText text(world);
  const std::vector<std::string> model{"model.layers=2", "model.heads=4", "model.width=32",
                                       "data.context=24"};
  for (const auto& mesh : meshes_for(world.size())) {
    SCOPED_TRACE(::testing::PrintToString(mesh));
    Session session(text.recipe(model, mesh), world);
    TrainingStep step(session);
    for (int64_t i = 0; i < 3; ++i) step.run(i, 1e-2);
    std::vector<int32_t> tokens;
    for (int32_t i = 0; i < 24; ++i) tokens.push_back(i * 37 % 256);
    const std::vector<double> all = testing::all_logits(session, tokens);
    Generator generator(session);
    for (size_t i = 4; i < tokens.size(); ++i) {
      const std::span<const double> got =
          i == 4 ? generator.begin(std::span(tokens).first(5)) : generator.next(tokens[i]);
      ASSERT_EQ(got.size(), 256U);
      for (size_t id = 0; id < got.size(); ++id) ASSERT_NEAR(got[id], all[i * 256 + id], 1e-5) << i;
    }
  }
}

}  // namespace
}  // namespace weft
