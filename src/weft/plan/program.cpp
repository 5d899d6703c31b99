#include "weft/plan/program.h"

#include "weft/base/check.h"

namespace weft {

int64_t Program::parameters() const {
  int64_t elems = 0;
  for (const std::string& state : states) {
    const NamedSlot& slot = named.at(state);
    if (slot.state_kind == kParameter) elems += elems_of(slot.where.global_type.shape);
  }
  return elems;
}

std::optional<SegmentId> Program::find(std::string_view name) const {
  for (const SegmentId id : order) {
    if (segment(id).segment.name == name) return id;
  }
  return std::nullopt;
}

SegmentId Program::at(std::string_view name) const {
  const std::optional<SegmentId> found = find(name);
  WEFT_CHECK(found.has_value(), "the program has no segment named {}", name);
  return *found;
}

}  // namespace weft
