#pragma once
// A Program: flat lists of instructions, one list a segment, over the states of a store and an arena of its
// own; every instruction with what it will cost.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/graph/device_memory.h"
#include "weft/graph/kernel.h"
#include "weft/graph/work_class.h"
#include "weft/parallel/mesh.h"
#include "weft/parallel/partition.h"
#include "weft/price/price.h"

namespace weft {

/// A state's memory, which lies in the state store, or a piece of the Program's own arena.
struct Slot {
  int64_t offset = 0;  ///< in the arena; a multiple of 64 bytes
  TensorType type;
  int state = -1;  ///< position in Program::states; -1: in the arena
};

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
  int comm = -1;     ///< communication: its number within the segment, the same on every rank
  WorkClass work = WorkClass::movement;
  Price predicted;  ///< of a communication on its start
};

/// One input, state or output, by name.
struct NamedSlot {
  Slot slot;
  LocalValue where;
  ValueKind kind = ValueKind::result;
  StateKind state_kind;  ///< states only
  Initializer initializer;
};

struct SegmentProgram {
  Segment segment;
  bool refreshes = false;  ///< it makes derived states and nothing else: it may run at any time
  std::vector<Instruction> instructions;
  std::map<std::string, Slot> outputs;
  std::vector<int64_t> live_bytes;  ///< after each instruction, states included
  int64_t peak_bytes = 0;
  int peak_at = -1;  ///< the instruction of the peak
};

struct Program {
  std::vector<SegmentProgram> segments;  ///< by the ids of the graph
  /// Those that have something to do, in the order in which a step runs them.
  std::vector<SegmentId> order;
  std::map<std::string, NamedSlot> named;
  std::vector<std::string> states;  ///< names, in the order of the graph
  int64_t state_bytes = 0;          ///< of all states, in the store
  int64_t input_bytes = 0;          ///< at the start of the arena
  int64_t arena_bytes = 0;
  Mesh mesh;
  int rank = 0;
  DeviceMemoryPtr memory;  ///< where arena and states lie; null: the host's

  int64_t memory_bytes() const { return state_bytes + arena_bytes; }
  const SegmentProgram& segment(SegmentId id) const { return segments[id.at()]; }
  /// Elements of all parameters, over all ranks.
  int64_t parameters() const;
  /// The segment of a name, where it has something to do.
  std::optional<SegmentId> find(std::string_view name) const;
  /// Likewise; InternalError where there is none.
  SegmentId at(std::string_view name) const;
};

/// Throws InternalError where an operand lies outside the arena or its state, or a wait does not follow its
/// start.
void verify(const Program& program);

/// "over data, tensor".
std::string over_axes(const Mesh& mesh, const std::vector<int>& mesh_axes);

/// Bytes that one run of the segment hands to MPI on this rank, by the mesh axes of the group, as
/// Communicator::bytes_handed() counts them. A group of one hands over nothing.
std::map<std::vector<int>, int64_t> planned_network_bytes(const SegmentProgram& code);

/// What this rank will communicate, in order: one line a communication. Ranks whose texts differ would wait
/// for each other for ever.
std::string communication_order(const Program& program);

}  // namespace weft
