#include "weft/plan/verify_memory.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/ops/expect_error.h"
#include "tests/ops/interpreter.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/shape/transpose.h"
#include "weft/parallel/comm_ops.h"
#include "weft/plan/emit_program.h"

namespace weft {
namespace {

/// 0: a = 2 x, 1: sum of a over ranks begins, 2: b = 3 x, 3: the sum ends, 4: y = sum + b; 5: s = s
/// transposed, copied.
struct Made {
  Graph graph;
  Program program;

  Made() : graph(graph_of()) {
    PlanOptions options;
    options.mesh = Mesh({{"data", 2}});
    program = emit_program({graph, {}}, testing::device_named("cpu"), options);
  }
  static Graph graph_of() {
    GraphBuilder build;
    const TensorType type{DType::f32, {8, 8}};
    const ValueId x = build.input("x", type, {"n", "c"});
    const ValueId s = build.state("s", type, {}, kBuffer);
    const ValueId a = scale(build, x, 2);
    const ValueId sum = build.add(all_reduce_op({0}, 2, Combine::sum, {type, type}), {a, s})[0];
    const ValueId b = scale(build, x, 3);
    build.output("y", add(build, sum, b));
    build.update(s, transpose(build, s, {1, 0}));
    return std::move(build).build();
  }
  std::vector<Instruction>& code() { return program.segments[0].instructions; }
  /// Lets what lies at one place lie at another.
  void move(int64_t from, int64_t to) {
    for (Instruction& made : code()) {
      for (auto* slots : {&made.inputs, &made.outputs}) {
        for (Slot& slot : *slots) {
          if (slot.state < 0 && slot.offset == from) slot.offset = to;
        }
      }
    }
    Slot& y = program.segments[0].outputs.at("y");
    if (y.offset == from) y.offset = to;
  }
};

void expect_found(const std::function<void(Made&)>& damage, const std::string& message) {
  Made made;
  damage(made);
  testing::expect_internal_error([&] { verify_memory(made.program, made.graph); }, message);
}

const std::string kGone = " that it needs hold something else by then";

TEST(VerifyMemory, PassesWhatEmitProgramMakes) {
  Made made;
  ASSERT_EQ(made.code().size(), 7U);
  EXPECT_NO_THROW(verify_memory(made.program, made.graph));
}

TEST(VerifyMemory, FindsTwoBuffersAliveTogetherThatShareAByte) {
  expect_found(
      [](Made& made) { made.move(made.code()[2].outputs[0].offset, made.code()[1].outputs[0].offset + 192); },
      "all_reduce of segment accumulate: the 256 bytes at 768" + kGone);
}

TEST(VerifyMemory, FindsWhatLiesOverStagingThatIsUnderWay) {
  expect_found([](Made& made) { made.move(made.code()[2].outputs[0].offset, made.code()[1].scratch_offset); },
               "all_reduce of segment accumulate: the 512 bytes at 256" + kGone);
}

TEST(VerifyMemory, FindsAReaderOfACommunicationThatIsUnderWay) {
  expect_found([](Made& made) { made.code()[2].inputs = {made.code()[1].outputs[0]}; },
               "x0 * 3.0 of segment accumulate: the 256 bytes at 768" + kGone);
}

TEST(VerifyMemory, FindsAResultOverAnOperandThatItsOpReadsLater) {
  expect_found([](Made& made) { made.code()[5].outputs[0] = made.code()[5].inputs[0]; },
               "transpose of segment accumulate writes over its operand 0");
}

TEST(VerifyMemory, FindsScratchOverAnOperand) {
  expect_found(
      [](Made& made) {
        made.code()[0].scratch_bytes = 64;
        made.code()[0].scratch_offset = made.code()[0].inputs[0].offset + 192;
      },
      "x0 * 2.0 of segment accumulate writes over its operand 0");
}

TEST(VerifyMemory, FindsScratchOverAResult) {
  expect_found(
      [](Made& made) {
        made.code()[0].scratch_bytes = 64;
        made.code()[0].scratch_offset = made.code()[0].outputs[0].offset;
      },
      "x0 * 2.0 of segment accumulate: the 256 bytes at 768" + kGone);
}

TEST(VerifyMemory, FindsAnInputThatDoesNotOutliveTheSegment) {
  expect_found([](Made& made) { made.move(made.code()[4].outputs[0].offset, 0); },
               "x of segment accumulate: the 256 bytes at 0" + kGone);
}

TEST(VerifyMemory, FindsAStateThatIsNotUpdated) {
  expect_found([](Made& made) { made.code().pop_back(); },
               "s of segment accumulate: the 256 bytes at 0" + kGone);
}

TEST(VerifyMemory, FindsStagingOverAResult) {
  expect_found(
      [](Made& made) {
        made.code()[1].scratch_bytes = 256;
        made.code()[1].scratch_offset = made.code()[1].outputs[1].offset;
      },
      "all_reduce of segment accumulate: the 256 bytes at 1024" + kGone);
}

TEST(VerifyMemory, FindsAProgramOfAnotherGraph) {
  expect_found([](Made& made) { made.code().resize(3); },
               "segment accumulate has 3 instructions, and the graph's has 6 steps");
  expect_found([](Made& made) { std::swap(made.code()[0].op, made.code()[2].op); },
               "instruction 0 of segment accumulate is x0 * 3.0, and the graph's node is x0 * 2.0");
}

}  // namespace
}  // namespace weft
