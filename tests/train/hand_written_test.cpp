// Of kernels/cpu/pointwise_forms.h, kernels/cpu/staged_forms.h: whether what the recipes' models are made of
// still has the canonical forms that hand-written bodies are bound to: a law of expressions that turns them
// otherwise would make a step slower, and nothing else.
#include <gtest/gtest.h>

#include "tests/recipe/needs_kinds.h"
#include "tests/train/collective_cases.h"
#include "weft/kernels/cpu/pointwise_forms.h"
#include "weft/kernels/cpu/staged_forms.h"

namespace weft {
namespace {

std::vector<TensorType> types_of(const std::vector<Slot>& slots) {
  std::vector<TensorType> types;
  for (const Slot& slot : slots) types.push_back(slot.type);
  return types;
}

template <class Check>
void for_instructions(const std::string& recipe, std::string_view op, const Check& check) {
  for (const char* precision : {"f32", "bf16"}) {
    const std::vector<std::string> keys{fmt::format("run.precision={}", precision)};
    const Program program = testing::programs_of({recipe, keys}).front();
    for (const SegmentProgram& code : program.segments) {
      for (const Instruction& made : code.instructions) {
        if (made.op->name() != op) continue;
        SCOPED_TRACE(fmt::format("{} {} {} of {}", recipe, precision, made.op->title(), made.label));
        check(*made.op, types_of(made.inputs), types_of(made.outputs));
      }
    }
  }
}

TEST(HandWritten, RunsEveryLayerNormAndItsGradient) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "cosine");
  for (const char* recipe : {"quickstart.toml", "shakespeare.toml", "gpt2-124m.toml"}) {
    int found = 0;
    for_instructions(recipe, Staged::kName, [&](const Op& node, const auto& inputs, const auto& outputs) {
      const auto& op = static_cast<const Staged&>(node);
      if (op.steps[0].op.reductions[0] == "max") return;  // of a loss, whose steps have bodies
      EXPECT_TRUE(kernels::find_staged_form(op, inputs, outputs));
      ++found;
    });
    EXPECT_GT(found, 8) << recipe;
  }
}

TEST(HandWritten, RunsEveryBatchNormAndItsGradient) {
  NEEDS_KINDS("augment", "resnet", "images", "classification", "cross_entropy", "sgd", "constant", "cosine",
              "accuracy");
  int found = 0;
  const std::string recipe = "resnet20-cifar10.toml";
  for_instructions(recipe, Pointwise::kName, [&](const Op& node, const auto& inputs, const auto& outputs) {
    const auto& op = static_cast<const Pointwise&>(node);
    const auto is_of_channels = [](const std::vector<int>& axes) { return axes == std::vector{3}; };
    if (op.space.size() != 4 || std::none_of(op.operands.begin(), op.operands.end(), is_of_channels)) return;
    EXPECT_TRUE(kernels::find_pointwise_form(kernels::spec_of(op), inputs, outputs));
    ++found;
  });
  // Of 21 norms: the map, its gradient's sums and the gradient; the map of the evaluation; f32 and bf16.
  EXPECT_EQ(found, 21 * 4 * 2);
}

}  // namespace
}  // namespace weft
