// Of ops/, kernels/: planners lay an output over an input where an op's traits say so: the result must be the
// same, bit for bit. Checked for every node of every case, forward and backward, in every dtype that runs.
#include <gtest/gtest.h>

#include <cstring>

#include "tests/ops/case_graph.h"

namespace weft::testing {
namespace {

/// Runs `node` with output `pair.first` in the memory of input `pair.second`, and compares all outputs with
/// `expected`.
void check_pair(const Node& node, std::pair<int, int> pair, std::vector<View> inputs,
                const std::vector<View>& expected) {
  const auto output = static_cast<size_t>(pair.first);
  const auto input = static_cast<size_t>(pair.second);
  Tensor shared(inputs[input].type);
  const View over = shared.view();
  std::memcpy(over.data, inputs[input].data, static_cast<size_t>(over.bytes()));
  inputs[input] = over;
  std::vector<Tensor> fresh;
  std::vector<View> outputs;
  for (const View& view : expected) {
    fresh.emplace_back(view.type);
    outputs.push_back(fresh.back().view());
  }
  outputs[output] = over;
  run_op(*node.op, inputs, outputs);
  for (size_t o = 0; o < outputs.size(); ++o) {
    EXPECT_EQ(std::memcmp(outputs[o].data, expected[o].data, static_cast<size_t>(outputs[o].bytes())), 0)
        << node.op->name() << ": output " << o << " over input " << input << " of "
        << to_string(inputs[input].type);
  }
}

void check_case(const CaseGraph& made, uint64_t seed) {
  Interpreter run(made.graph);
  feed(run, made, seed);
  run.run();
  for (const Node& node : made.graph.nodes()) {
    for (const auto& pair : node.op->traits().in_place) {
      const TensorType& out = made.graph.type(node.outputs[static_cast<size_t>(pair.first)]);
      const TensorType& in = made.graph.type(node.inputs[static_cast<size_t>(pair.second)]);
      if (out == in) check_pair(node, pair, run.views(node.inputs), run.views(node.outputs));
    }
  }
}

TEST(EveryOp, GivesTheSameInPlace) {
  const OpRegistry registry = all_ops();
  for_every_case(registry, 6, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    SCOPED_TRACE(name + " seed " + std::to_string(seed));
    for (const DType dtype : {DType::f64, DType::f32, DType::bf16}) {
      std::vector<DType> dtypes = dtypes_of(op_case);
      for (DType& each : dtypes) each = is_floating(each) ? dtype : each;
      std::optional<CaseGraph> made;
      try {
        made = case_graph(op_case, dtypes);
      } catch (const UserError&) {
        continue;  // bf16 where the op wants statistics in f32
      }
      check_case(*made, seed);
    }
  });
}

}  // namespace
}  // namespace weft::testing
