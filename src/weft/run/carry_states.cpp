#include "weft/run/carry_states.h"

#include <fmt/format.h>

#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr size_t kNamed = 3;  // of what is left out

void check_fits(const std::string& old_name, const StoredState& state, const std::string& name,
                const NamedSlot& wanted) {
  if (wanted.kind == ValueKind::state && state.where.global_type == wanted.where.global_type &&
      state.where.region == wanted.where.region) {
    return;
  }
  user_error("replan: state {} is {} of {}, and {} of the new program is {} of {}", old_name,
             to_string(state.where.region), to_string(state.where.global_type), name,
             to_string(wanted.where.region), to_string(wanted.where.global_type));
}

/// Whether attaching finds every state where the store has it, and adds none.
bool same_states(const Carrying& carrying, const StateStore& store, const Program& program) {
  if (!carrying.added.empty() || !carrying.left_out.empty()) return false;
  for (const auto& [from, to] : carrying.carried) {
    if (from != to || store.at(from).kind != program.named.at(to).state_kind) return false;
  }
  return true;
}

}  // namespace

Carrying plan_carrying(const StateStore& store, const Program& program, const StateNames& renamed) {
  for (const auto& [from, to] : renamed) {
    if (!store.contains(from)) user_error("replan: there is no state {} to become {}", from, to);
    if (!program.named.contains(to)) {
      user_error("replan: the new program has no state {} for {} to become", to, from);
    }
  }
  Carrying carrying;
  std::map<std::string, std::string> source;  // new name → old name
  for (const auto& [old_name, state] : store.states()) {
    const auto found = renamed.find(old_name);
    const std::string& name = found == renamed.end() ? old_name : found->second;
    const auto wanted = program.named.find(name);
    if (wanted == program.named.end()) {
      carrying.left_out.push_back(old_name);
      continue;
    }
    const auto [there, fresh] = source.emplace(name, old_name);
    if (!fresh) user_error("replan: states {} and {} would both become {}", there->second, old_name, name);
    check_fits(old_name, state, name, wanted->second);
    carrying.carried.emplace_back(old_name, name);
  }
  for (const std::string& name : program.states) {
    if (is_kept(program.named.at(name).state_kind) && !source.contains(name)) {
      carrying.added.push_back(name);
    }
  }
  carrying.in_place = same_states(carrying, store, program);
  return carrying;
}

void carry_states(const Carrying& carrying, const StateStore& from, const StateStore& to) {
  for (const auto& [old_name, name] : carrying.carried) {
    const HostState source = from.read(old_name);
    to.write(name, [&, &as = name](const View& target) {
      WEFT_CHECK(source.view.type == target.type, "state {} is carried to another type", as);
      std::memcpy(target.data, source.view.data, static_cast<size_t>(target.bytes()));
    });
  }
}

std::string to_string(const Carrying& carrying) {
  std::string text = fmt::format("{} states carried over, {} new, {} left out", carrying.carried.size(),
                                 carrying.added.size(), carrying.left_out.size());
  for (size_t i = 0; i < carrying.left_out.size() && i < kNamed; ++i) {
    text += (i == 0 ? ": " : ", ") + carrying.left_out[i];
  }
  return text + (carrying.left_out.size() > kNamed ? ", …" : "");
}

}  // namespace weft
