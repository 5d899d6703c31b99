#pragma once
// A Program: flat lists of instructions over one arena, one list a phase, every instruction with what it will
// cost.
#include <map>
#include <string>
#include <vector>

#include "weft/graph/kernel.h"
#include "weft/parallel/mesh.h"
#include "weft/parallel/partition.h"

namespace weft {

/// A piece of the arena. Offsets are multiples of 64 bytes.
struct Slot {
  int64_t offset = 0;
  TensorType type;
};

/// What an instruction's predicted time comes from.
enum class Bound : uint8_t { none, arithmetic, memory, network };

enum class InstructionKind : uint8_t { compute, comm_start, comm_wait };

struct Instruction {
  InstructionKind kind = InstructionKind::compute;
  OpPtr op;
  std::string label;
  std::string placement;  ///< of the first output, for people
  std::vector<Slot> inputs;
  std::vector<Slot> outputs;
  Kernel kernel;  ///< compute only
  int64_t scratch_offset = 0;
  int64_t scratch_bytes = 0;
  int wait_of = -1;  ///< comm_wait: position of its comm_start
  int comm = -1;     ///< communication: its number within the phase, the same on every rank
  // Predictions.
  double flops = 0;
  int64_t memory_bytes = 0;   ///< the least: each operand once
  int64_t network_bytes = 0;  ///< sent by this rank; on the start
  double predicted_ms = 0;
  Bound bound = Bound::none;
};

/// One input, state or output, by name.
struct NamedSlot {
  Slot slot;
  LocalValue where;
  ValueKind kind = ValueKind::result;
  bool parameter = false;
  Initializer initializer;
};

struct PhaseProgram {
  std::vector<Instruction> instructions;
  std::map<std::string, Slot> outputs;
  std::vector<int64_t> live_bytes;  ///< after each instruction, states included
  int64_t peak_bytes = 0;
  int peak_at = -1;  ///< the instruction of the peak
};

struct Program {
  std::map<Phase, PhaseProgram> phases;
  std::map<std::string, NamedSlot> named;
  int64_t state_bytes = 0;  ///< inputs, states and derived states, at the start of the arena
  int64_t arena_bytes = 0;
  Mesh mesh;
  int rank = 0;
};

/// Throws InternalError where an operand lies outside the arena or a wait does not follow its start.
void verify(const Program& program);

/// What this rank will communicate, in order: one line a communication. Ranks whose texts differ would wait
/// for each other for ever.
std::string communication_order(const Program& program);

}  // namespace weft
