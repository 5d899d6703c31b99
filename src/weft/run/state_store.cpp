#include "weft/run/state_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/base/copy_bytes.h"
#include "weft/plan/arena_layout.h"

namespace weft {

namespace {

int64_t bytes_of(const Program& program, const std::vector<std::string>& names) {
  int64_t bytes = 0;
  for (const std::string& name : names) bytes += aligned(program.named.at(name).slot.type.bytes());
  return bytes;
}

std::string described(const TensorType& type, const Region& region, const StateKind& kind) {
  return fmt::format("{} of {} as {}", to_string(region), to_string(type), kind.name);
}

}  // namespace

void StateStore::check(const std::string& name, const NamedSlot& wanted) const {
  if (wanted.state_kind == kDerived) {
    const auto found = derived_.find(name);
    if (found == derived_.end() || found->second.memory.expired()) return;
    WEFT_CHECK(found->second.type == wanted.slot.type, "the derived state {} has two types", name);
    return;
  }
  const auto found = states_.find(name);
  if (found == states_.end()) return;
  const StoredState& there = found->second;
  if (there.where.global_type == wanted.where.global_type && there.where.region == wanted.where.region &&
      there.type == wanted.slot.type && there.kind == wanted.state_kind) {
    return;
  }
  user_error("state {}: the store holds {}, and the program needs {}", name,
             described(there.where.global_type, there.where.region, there.kind),
             described(wanted.where.global_type, wanted.where.region, wanted.state_kind));
}

StateStore::Holding StateStore::holding(const StateKind& kind) {
  if (is_kept(kind)) return Holding::kept;
  return kind == kDerived ? Holding::derived : Holding::of_program;
}

bool StateStore::has(const std::string& name, Holding holding) const {
  switch (holding) {
    case Holding::kept:
      return states_.contains(name);
    case Holding::derived: {
      const auto found = derived_.find(name);
      return found != derived_.end() && !found->second.memory.expired();
    }
    case Holding::of_program:
      return false;
  }
  internal_error(__FILE__, __LINE__, "unknown holding");
}

/// In the order of the program, those of a kind next to each other.
std::vector<std::string> StateStore::missing(const Program& program, Holding wanted) const {
  std::vector<StateKind> kinds;
  std::map<StateKind, std::vector<std::string>> by_kind;
  for (const std::string& name : program.states) {
    const StateKind& kind = program.named.at(name).state_kind;
    if (holding(kind) != wanted || has(name, wanted)) continue;
    if (!by_kind.contains(kind)) kinds.push_back(kind);
    by_kind[kind].push_back(name);
  }
  std::vector<std::string> names;
  for (const StateKind& kind : kinds) names.insert(names.end(), by_kind[kind].begin(), by_kind[kind].end());
  return names;
}

int64_t StateStore::missing_bytes(const Program& program) const {
  int64_t bytes = 0;
  for (const Holding each : {Holding::kept, Holding::derived, Holding::of_program}) {
    bytes += bytes_of(program, missing(program, each));
  }
  return bytes;
}

Attachment StateStore::attach(const Program& program) {
  if (states_.empty()) memory_ = program.memory;
  WEFT_CHECK((memory_ == nullptr) == (program.memory == nullptr) &&
                 (memory_ == nullptr || memory_->name() == program.memory->name()),
             "a program of one device attaches to states that lie on another");
  for (const std::string& name : program.states) check(name, program.named.at(name));
  Attachment attachment;
  attachment.added = missing(program, Holding::kept);
  add_states(program, attachment.added);
  add_derived(program, missing(program, Holding::derived), attachment);
  const Laid own = lay(program, missing(program, Holding::of_program));
  if (own.memory) attachment.memory.push_back(own.memory);
  for (const Block& block : blocks_) attachment.memory.push_back(block.memory);
  for (const std::string& name : program.states) {
    switch (holding(program.named.at(name).state_kind)) {
      case Holding::kept:
        attachment.addresses.push_back(states_.at(name).data);
        break;
      case Holding::derived:
        attachment.addresses.push_back(derived_.at(name).data);
        attachment.memory.push_back(derived_.at(name).memory.lock());
        break;
      case Holding::of_program:
        attachment.addresses.push_back(own.at.at(name));
        break;
    }
  }
  return attachment;
}

void StateStore::add_states(const Program& program, const std::vector<std::string>& names) {
  if (names.empty()) return;
  Block block;
  block.bytes = bytes_of(program, names);
  block.memory = std::make_shared<Arena>(block.bytes, memory_);
  std::byte* data = block.memory->data();
  for (const std::string& name : names) {
    const NamedSlot& named = program.named.at(name);
    states_.emplace(name,
                    StoredState{named.where, named.slot.type, named.state_kind, named.initializer, data});
    const auto bytes = static_cast<size_t>(aligned(named.slot.type.bytes()));
    const auto [kind, fresh] = block.kinds.try_emplace(named.state_kind, data, bytes);
    if (!fresh) kind->second = {kind->second.data(), kind->second.size() + bytes};
    data += bytes;
  }
  blocks_.push_back(std::move(block));
}

StateStore::Laid StateStore::lay(const Program& program, const std::vector<std::string>& names) const {
  if (names.empty()) return {};
  Laid laid{std::make_shared<Arena>(bytes_of(program, names), memory_), {}};
  std::byte* data = laid.memory->data();
  for (const std::string& name : names) {
    laid.at.emplace(name, data);
    data += aligned(program.named.at(name).slot.type.bytes());
  }
  return laid;
}

void StateStore::add_derived(const Program& program, const std::vector<std::string>& names,
                             Attachment& attachment) {
  const Laid laid = lay(program, names);
  for (const auto& [name, data] : laid.at) {
    derived_.insert_or_assign(name, Derived{program.named.at(name).slot.type, data, laid.memory});
  }
  if (laid.memory) attachment.memory.push_back(laid.memory);
}

const StoredState& StateStore::at(const std::string& name) const {
  const auto found = states_.find(name);
  WEFT_CHECK(found != states_.end(), "the store has no state named {}", name);
  return found->second;
}

View StateStore::view(const std::string& name) const {
  WEFT_CHECK(!memory_, "the state {} lies in memory of the device {}", name, memory_->name());
  return {at(name).data, at(name).type};
}

HostState StateStore::read(const std::string& name) const {
  if (!memory_) return {view(name), std::nullopt};
  const StoredState& state = at(name);
  HostState made{{}, HostBuffer(state.type)};
  made.view = made.copy->view();
  memory_->download(made.view.data, state.data, made.view.bytes());
  return made;
}

void StateStore::write(const std::string& name, const std::function<void(const View&)>& fill) const {
  if (!memory_) return fill(view(name));
  const StoredState& state = at(name);
  const HostBuffer buffer(state.type);
  fill(buffer.view());
  memory_->upload(state.data, buffer.view().data, state.type.bytes());
}

std::vector<std::span<std::byte>> StateStore::memory_of(const StateKind& kind) const {
  std::vector<std::span<std::byte>> pieces;
  for (const Block& block : blocks_) {
    if (const auto found = block.kinds.find(kind); found != block.kinds.end())
      pieces.push_back(found->second);
  }
  return pieces;
}

int64_t StateStore::bytes() const {
  int64_t bytes = 0;
  for (const Block& block : blocks_) bytes += block.bytes;
  return bytes;
}

/// What lies where: equal texts, equal meaning of every byte.
std::string StateStore::layout() const {
  std::string text;
  for (size_t b = 0; b < blocks_.size(); ++b) {
    const std::byte* begin = blocks_[b].memory->data();
    for (const auto& [name, state] : states_) {
      if (state.data < begin || state.data >= begin + blocks_[b].memory->bytes()) continue;
      text += fmt::format("{}: {} in {} at {}\n", name,
                          described(state.where.global_type, state.where.region, state.kind), b,
                          state.data - begin);
    }
  }
  return text;
}

StateSnapshot StateStore::snapshot() const {
  StateSnapshot made(layout(), bytes());
  std::byte* to = made.copy_->data();
  for (const Block& block : blocks_) {
    if (memory_) {
      memory_->download(to, block.memory->data(), block.bytes);
    } else {
      copy_bytes(to, block.memory->data(), block.bytes);
    }
    to += block.bytes;
  }
  return made;
}

void StateStore::restore(const StateSnapshot& snapshot) {
  WEFT_CHECK(snapshot.layout_ == layout(), "the snapshot is of a store with other states");
  const std::byte* from = snapshot.copy_->data();
  for (const Block& block : blocks_) {
    if (memory_) {
      memory_->upload(block.memory->data(), from, block.bytes);
    } else {
      copy_bytes(block.memory->data(), from, block.bytes);
    }
    from += block.bytes;
  }
}

}  // namespace weft
