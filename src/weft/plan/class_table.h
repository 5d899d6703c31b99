#pragma once
// What a step does by the class of its work, for people.
#include <map>
#include <string>

#include "weft/plan/costs.h"

namespace weft {

/// A line a class that has work, and one of all: arithmetic, least and moved bytes, predicted time, shares of
/// time and of moved bytes, and what is reached of the ceiling and of the memory.
std::string class_table(const std::map<WorkClass, Cost>& classes);

}  // namespace weft
