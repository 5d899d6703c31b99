#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "weft/base/check.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/plan/pipeline.h"

namespace weft {
namespace {

/// One node: y = 2 w.
Program small_program() {
  GraphBuilder build;
  build.output("y", scale(build, build.state("w", {DType::f32, {4}}, {}, kParameter), 2));
  return make_plan(std::move(build).build(), testing::device_named("cpu"), {}).program;
}

void expect_internal_error(const Program& program, const std::string& message) {
  try {
    verify(program);
    FAIL() << "no error";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
  }
}

TEST(VerifyProgram, FindsAnOperandOutsideTheArena) {
  Program program = small_program();
  program.segments[0].instructions[0].outputs[0].offset = program.arena_bytes;
  expect_internal_error(program, "x0 * 2.0 of segment accumulate: 16 bytes at 64 of an arena of 64");
}

TEST(VerifyProgram, FindsAnOperandOutsideItsState) {
  Program program = small_program();
  program.segments[0].instructions[0].inputs[0].type.shape = {5};
  expect_internal_error(program, "x0 * 2.0 of segment accumulate: 20 bytes at 0 of the state w of 16");
  program.segments[0].instructions[0].inputs[0].state = 1;
  expect_internal_error(program, "x0 * 2.0 of segment accumulate: state 1 of 1");
}

TEST(VerifyProgram, FindsAWaitForNothing) {
  Program program = small_program();
  Instruction wait = program.segments[0].instructions[0];
  wait.kind = InstructionKind::comm_wait;
  wait.wait_of = 0;
  program.segments[0].instructions.push_back(wait);
  expect_internal_error(program, "instruction 1 (x0 * 2.0) waits for no communication that was started");
}

}  // namespace
}  // namespace weft
