#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "weft/base/check.h"
#include "weft/ops/scale.h"
#include "weft/plan/pipeline.h"

namespace weft {
namespace {

Program small_program() {
  GraphBuilder build;
  build.output("y", scale(build, build.input("x", {DType::f32, {4}}, {"n"}), 2));
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
  program.phases.at(Phase::accumulate).instructions[0].outputs[0].offset = program.arena_bytes;
  expect_internal_error(program, "scale: 16 bytes at 128 of an arena of 128");
}

TEST(VerifyProgram, FindsAWaitForNothing) {
  Program program = small_program();
  Instruction wait = program.phases.at(Phase::accumulate).instructions[0];
  wait.kind = InstructionKind::comm_wait;
  wait.wait_of = 0;
  program.phases.at(Phase::accumulate).instructions.push_back(wait);
  expect_internal_error(program, "instruction 1 (scale) waits for no communication that was started");
}

}  // namespace
}  // namespace weft
