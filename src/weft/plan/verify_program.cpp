#include <fmt/format.h>

#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/plan/program.h"

namespace weft {

namespace {

/// What is wrong with where an operand lies; empty: nothing.
std::string fault_of(const Program& program, const Slot& slot) {
  const int64_t bytes = slot.type.bytes();
  if (slot.state < 0) {
    const bool inside = slot.offset >= 0 && slot.offset + bytes <= program.arena_bytes;
    if (inside && slot.offset % kAlignment == 0) return {};
    return fmt::format("{} bytes at {} of an arena of {}", bytes, slot.offset, program.arena_bytes);
  }
  const auto state = static_cast<size_t>(slot.state);
  if (state >= program.states.size()) return fmt::format("state {} of {}", state, program.states.size());
  const std::string& name = program.states[state];
  const int64_t there = program.named.at(name).slot.type.bytes();
  if (slot.offset == 0 && bytes <= there) return {};
  return fmt::format("{} bytes at {} of the state {} of {}", bytes, slot.offset, name, there);
}

void verify_instruction(const Program& program, const SegmentProgram& code, size_t index) {
  const Instruction& made = code.instructions[index];
  for (const auto* slots : {&made.inputs, &made.outputs}) {
    for (const Slot& slot : *slots) {
      const std::string fault = fault_of(program, slot);
      WEFT_CHECK(fault.empty(), "{} of segment {}: {}", made.op->title(), code.segment.name, fault);
    }
  }
  if (made.kind != InstructionKind::comm_wait) return;
  const auto start = static_cast<size_t>(made.wait_of);
  WEFT_CHECK(start < index && code.instructions[start].kind == InstructionKind::comm_start,
             "instruction {} ({}) waits for no communication that was started", index, made.op->title());
}

}  // namespace

void verify(const Program& program) {
  for (const auto& [name, named] : program.named) {
    const std::string fault = fault_of(program, named.slot);
    WEFT_CHECK(fault.empty(), "{}: {}", name, fault);
  }
  for (const SegmentProgram& code : program.segments) {
    for (size_t i = 0; i < code.instructions.size(); ++i) verify_instruction(program, code, i);
  }
}

}  // namespace weft
