#pragma once
// Runs a Program: a flat loop over instructions, with the byte and time ledger.
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/base/memory.h"
#include "weft/comm/communicator.h"
#include "weft/plan/program.h"
#include "weft/run/arena.h"
#include "weft/run/comm_runner.h"
#include "weft/run/trace.h"

namespace weft {

/// What one instruction has cost since the start.
struct LedgerEntry {
  int64_t calls = 0;
  int64_t nanoseconds = 0;
};

/// The first instruction whose output is not finite although its inputs are.
struct NonFinite {
  std::string op;
  std::string label;
  int output = 0;
};

class Executor {
 public:
  /// Collective: all ranks of `world`. Allocates the arena (UserError when memory is short) and binds every
  /// instruction to addresses. Keeps `program`.
  Executor(Program program, const Communicator& world);

  /// Runs one phase; a phase without instructions is nothing. Allocates nothing, takes no lock, writes no
  /// log.
  void run(Phase phase);
  bool has(Phase phase) const { return program_.phases.contains(phase); }

  /// Memory of an input or state by name; valid as long as the executor.
  View view(const std::string& name) const;
  /// From now on the input is read from `memory`, laid out as its view is and aligned to 64 bytes: nothing is
  /// copied. Null: from its own memory again. Allocates nothing.
  void read_input_from(const std::string& name, const std::byte* memory);
  /// An output of a phase; to be read before the next phase runs.
  View output(Phase phase, const std::string& name) const;
  /// A scalar output (f32 or f64).
  double scalar(Phase phase, const std::string& name) const;

  /// Runs the phase once more, looking at every result: names the first op that made NaN or infinity.
  std::optional<NonFinite> find_non_finite(Phase phase);

  const Program& program() const { return program_; }
  const std::vector<LedgerEntry>& ledger(Phase phase) const { return bound_.at(phase).ledger; }
  /// Bytes of the arena that lie in memory, as the kernel says.
  int64_t resident_arena_bytes() const { return resident_bytes(arena_.data(), arena_.bytes()); }
  /// Bytes that this rank's communication instructions have handed to MPI, by the mesh axes of the group.
  std::map<std::vector<int>, int64_t> network_bytes() const { return comm_.bytes_handed(); }
  /// From now on events go to `trace` (null: no more). It must outlive the executor or the next call.
  void record(Trace* trace) { trace_ = trace; }
  /// What is running now, for the watchdog: "waiting for all_reduce (block3.mlp)"; empty between phases.
  std::string running() const;
  /// Instructions started so far: the watchdog's pulse.
  int64_t instructions_started() const { return started_; }

 private:
  struct Bound {
    std::vector<std::vector<View>> inputs;
    std::vector<std::vector<View>> outputs;
    std::map<std::string, View> results;  ///< outputs of the phase; they may be inputs of it
    std::vector<LedgerEntry> ledger;
  };
  View at(const Slot& slot) const { return {arena_.data() + slot.offset, slot.type}; }
  void bind(Phase phase, const PhaseProgram& code);
  void find_readers();
  void execute(Phase phase, const PhaseProgram& code, Bound& bound, size_t index);

  Program program_;
  Arena arena_;
  CommRunner comm_;
  std::map<Phase, Bound> bound_;
  /// Of each input, the views of it and of its parts, and where they are in it.
  std::map<std::string, std::vector<std::pair<View*, int64_t>>> readers_;
  Trace* trace_ = nullptr;
  // Read by the watchdog's thread.
  std::atomic<const Instruction*> now_{nullptr};
  std::atomic<int64_t> started_{0};
};

}  // namespace weft
