#include "weft/base/check.h"
#include "weft/plan/arena_layout.h"
#include "weft/plan/program.h"

namespace weft {

namespace {

void verify_slot(const Program& program, const Slot& slot, std::string_view of) {
  WEFT_CHECK(slot.offset >= 0 && slot.offset % kAlignment == 0 &&
                 slot.offset + slot.type.bytes() <= program.arena_bytes,
             "{}: {} bytes at {} of an arena of {}", of, slot.type.bytes(), slot.offset, program.arena_bytes);
}

}  // namespace

void verify(const Program& program) {
  for (const auto& [name, named] : program.named) verify_slot(program, named.slot, name);
  for (const auto& [phase, code] : program.phases) {
    for (size_t i = 0; i < code.instructions.size(); ++i) {
      const Instruction& made = code.instructions[i];
      for (const Slot& slot : made.inputs) verify_slot(program, slot, made.op->name());
      for (const Slot& slot : made.outputs) verify_slot(program, slot, made.op->name());
      if (made.kind != InstructionKind::comm_wait) continue;
      const auto start = static_cast<size_t>(made.wait_of);
      WEFT_CHECK(start < i && code.instructions[start].kind == InstructionKind::comm_start,
                 "instruction {} ({}) waits for no communication that was started", i, made.op->name());
    }
  }
}

}  // namespace weft
