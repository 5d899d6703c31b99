#pragma once
// The states of a run, outside of any Program's arena: training, evaluation and another shape of batch are
// Programs that attach to the same store.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/plan/program.h"
#include "weft/run/arena.h"
#include "weft/run/host_buffer.h"

namespace weft {

/// One state of a store: what it is, and which part of the global tensor this rank holds.
struct StoredState {
  LocalValue where;
  TensorType type;  ///< of this rank's part
  StateKind kind;
  Initializer initializer;
  std::byte* data = nullptr;  ///< where the device reads it
};

/// A state as the host reads it; valid as long as this and the store.
struct HostState {
  View view;
  std::optional<HostBuffer> copy;  ///< where a device has the state
};

/// What a store gives a Program. The memory lives as long as this does, whatever becomes of the store.
struct Attachment {
  std::vector<std::byte*> addresses;  ///< in the order of Program::states
  std::vector<std::string> added;     ///< states that the store did not have: zero, to be initialised
  std::vector<std::shared_ptr<Arena>>
      memory;  ///< shared: it is free once the store and all Programs are done
};

/// A copy of all states of a store.
class StateSnapshot {
 public:
  int64_t bytes() const { return bytes_; }

 private:
  friend class StateStore;
  StateSnapshot(std::string layout, int64_t bytes)
      : layout_(std::move(layout)), bytes_(bytes), copy_(std::make_unique<Arena>(bytes)) {}
  std::string layout_;
  int64_t bytes_;
  std::unique_ptr<Arena> copy_;
};

/// Memory of states, by name. Whatever one attaching adds lies in one allocation, states of a kind next to
/// each other; derived states lie in allocations of their own, which end with the last Program that has them.
/// Private states are given to the Program that asks for them, and never seen here again.
class StateStore {
 public:
  StateStore() = default;
  StateStore(StateStore&&) = default;
  StateStore& operator=(StateStore&&) = default;

  /// Bytes that attaching `program` would allocate.
  int64_t missing_bytes(const Program& program) const;
  /// Gives the program its states and adds those that are not there, as zeros. UserError where a state of
  /// that name has another type, region or kind, before anything is allocated, and as Arena has them.
  Attachment attach(const Program& program);

  /// All but derived and private states, here and below.
  const std::map<std::string, StoredState>& states() const { return states_; }
  bool contains(const std::string& name) const { return states_.contains(name); }
  /// Whether the states lie in memory that the host cannot read.
  bool is_on_device() const { return memory_ != nullptr; }
  const StoredState& at(const std::string& name) const;
  /// Where the states lie in the host's memory: the state itself.
  View view(const std::string& name) const;
  /// The state in host memory, to be read: itself, or a copy of what the device has.
  HostState read(const std::string& name) const;
  /// Lets `fill` write all of the state in host memory.
  void write(const std::string& name, const std::function<void(const View&)>& fill) const;
  /// The host's memory of a kind that is kept, all of it, one piece for each attaching that added
  /// states of it. Between states there are less than 64 bytes of zeros.
  std::vector<std::span<std::byte>> memory_of(const StateKind& kind) const;
  /// Of all states.
  int64_t bytes() const;

  /// Copies every state. UserError where memory is short.
  StateSnapshot snapshot() const;
  /// Puts a snapshot's values back; it must come from a store with the same states made in the same order.
  /// Derived states then wait for Executor::refresh().
  void restore(const StateSnapshot& snapshot);

 private:
  /// Memory that one attaching added.
  struct Block {
    std::shared_ptr<Arena> memory;
    int64_t bytes = 0;
    std::map<StateKind, std::span<std::byte>> kinds;
  };
  struct Derived {
    TensorType type;
    std::byte* data = nullptr;
    std::weak_ptr<Arena> memory;
  };
  void check(const std::string& name, const NamedSlot& wanted) const;
  /// In which of the three ways a state has its memory.
  enum class Holding : uint8_t { kept, derived, of_program };
  static Holding holding(const StateKind& kind);
  bool has(const std::string& name, Holding holding) const;
  std::vector<std::string> missing(const Program& program, Holding holding) const;
  void add_states(const Program& program, const std::vector<std::string>& names);
  /// Memory of states one after the other, and where each begins.
  struct Laid {
    std::shared_ptr<Arena> memory;
    std::map<std::string, std::byte*> at;
  };
  Laid lay(const Program& program, const std::vector<std::string>& names) const;
  void add_derived(const Program& program, const std::vector<std::string>& names, Attachment& attachment);
  std::string layout() const;

  DeviceMemoryPtr memory_;  ///< of the first Program that attached
  std::map<std::string, StoredState> states_;
  std::map<std::string, Derived> derived_;
  std::vector<Block> blocks_;
};

}  // namespace weft
