#include "weft/run/step_order.h"

namespace weft {

StepOrder step_order(const Program& program) {
  StepOrder order;
  for (const SegmentId id : program.order) {
    switch (program.segment(id).segment.cadence.kind) {
      case Cadence::Kind::microbatch:
        order.each.push_back(id);
        break;
      case Cadence::Kind::step:
        (order.each.empty() ? order.before : order.after).push_back(id);
        break;
      case Cadence::Kind::on_call:
        break;
    }
  }
  return order;
}

void run_due(Executor& executor, const std::vector<SegmentId>& segments, int64_t step) {
  for (const SegmentId id : segments) {
    if (executor.program().segment(id).segment.cadence.due(step)) executor.run(id);
  }
}

}  // namespace weft
