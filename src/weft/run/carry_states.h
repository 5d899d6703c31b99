#pragma once
// States from one Program to the next one of a run.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "weft/run/state_store.h"

namespace weft {

/// Old name → new name; a state that is not in it keeps its name.
using StateNames = std::map<std::string, std::string>;

/// What becomes of the states of a store; derived and private ones are not carried.
struct Carrying {
  std::vector<std::pair<std::string, std::string>> carried;  ///< old name, new name
  std::vector<std::string> added;                            ///< new, to be initialised
  std::vector<std::string> left_out;                         ///< which the new program does not have
  bool in_place = false;  ///< the program has the store's very states and may attach to it
};

/// How `program` gets its states from `store`. UserError where a state would become one of another type or
/// region, where two would become one, or where `renamed` names one that is not there, old or new.
Carrying plan_carrying(const StateStore& store, const Program& program, const StateNames& renamed);

/// Copies what is carried from one store to another that the program is attached to.
void carry_states(const Carrying& carrying, const StateStore& from, const StateStore& to);

/// "48 states carried over, 2 new, 12 left out: gradient.wpe, gradient.wte, …".
std::string to_string(const Carrying& carrying);

}  // namespace weft
