#pragma once
// Runs a Program: a flat loop over instructions, with the byte and time ledger.
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weft/base/memory.h"
#include "weft/comm/communicator.h"
#include "weft/plan/program.h"
#include "weft/run/arena.h"
#include "weft/run/comm_runner.h"
#include "weft/run/host_side.h"
#include "weft/run/state_store.h"
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
  /// Collective: all ranks of `world`. Attaches to the states of `store`, allocates the arena (UserError when
  /// memory is short for both together, before anything is allocated) and binds every instruction to
  /// addresses. Keeps `program`, not `store`.
  Executor(Program program, StateStore& store, const Communicator& world);

  /// Runs one segment; one without instructions is nothing. Allocates nothing, takes no lock, writes no log.
  void run(SegmentId segment);
  /// Makes the derived states anew: before a segment on call, and after states were set from outside.
  void refresh();

  /// Host memory of an input by name, or of a state where the device's memory is the host's; valid as long as
  /// the executor. Programs of one store have the states' in common. Inputs of another device are uploaded
  /// when a segment runs.
  View view(const std::string& name) const;
  /// From now on the input is read from `memory`, laid out as its view is and aligned to 64 bytes: nothing is
  /// copied. Null: from its own memory again. Allocates nothing.
  void read_input_from(const std::string& name, const std::byte* memory);
  /// An output of a segment; to be read before the next segment runs.
  View output(SegmentId segment, std::string_view name) const;
  /// A scalar output (f32, f64 or i64).
  double scalar(SegmentId segment, std::string_view name) const;

  /// Runs the segment once more, looking at every result: names the first op that made NaN or infinity.
  std::optional<NonFinite> find_non_finite(SegmentId segment);

  const Program& program() const { return program_; }
  const std::vector<LedgerEntry>& ledger(SegmentId segment) const { return bound_[segment.at()].ledger; }
  /// States of this program that the store did not have before: zero until somebody initialises them.
  const std::vector<std::string>& new_states() const { return states_.added; }
  /// Bytes of the arena and of the states that have been used, as the kernel says, in whole pages.
  int64_t resident_bytes() const;
  /// Bytes that this rank's communication instructions have handed to MPI, by the mesh axes of the group.
  std::map<std::vector<int>, int64_t> network_bytes() const { return comm_.bytes_handed(); }
  /// From now on events go to `trace` (null: no more). It must outlive the executor or the next call.
  void record(Trace* trace) { trace_ = trace; }
  /// What is running now, for the watchdog: "waiting for all_reduce (block3.mlp)"; empty between segments.
  std::string running() const;
  /// Instructions started so far: the watchdog's pulse.
  int64_t instructions_started() const { return started_; }

 private:
  struct Bound {
    std::vector<std::vector<View>> inputs;
    std::vector<std::vector<View>> outputs;
    std::map<std::string, View, std::less<>> results;  ///< outputs of the segment; they may be inputs of it
    std::vector<LedgerEntry> ledger;
  };
  View at(const Slot& slot) const {
    std::byte* base = slot.state < 0 ? arena_.data() : states_.addresses[static_cast<size_t>(slot.state)];
    return {base + slot.offset, slot.type};
  }
  Bound bind(const SegmentProgram& code) const;
  void find_readers();
  void mirror();
  void execute(const SegmentProgram& code, Bound& bound, size_t index);

  Program program_;
  Attachment states_;
  Arena arena_;
  CommRunner comm_;
  std::optional<HostSide> host_;  ///< where the device has memory of its own
  std::vector<Bound> bound_;      ///< by segment
  /// Of each input, the views of it and of its parts, and where they are in it.
  std::map<std::string, std::vector<std::pair<View*, int64_t>>> readers_;
  Trace* trace_ = nullptr;
  // Read by the watchdog's thread.
  std::atomic<const Instruction*> now_{nullptr};
  std::atomic<int64_t> started_{0};
};

}  // namespace weft
