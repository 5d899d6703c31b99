#include "weft/run/trace.h"

#include <fmt/format.h>

#include <fstream>

#include "weft/base/check.h"

namespace weft {

Trace::Trace(size_t capacity) { events_.reserve(capacity); }

void Trace::add(const TraceEvent& event) {
  if (events_.size() == events_.capacity()) {
    ++dropped_;
    return;
  }
  events_.push_back(event);
}

int64_t Trace::now() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - began_)
      .count();
}

void Trace::write(const std::filesystem::path& path, int rank) const {
  std::ofstream file(path);
  file << "[\n";
  bool first = true;
  for (const TraceEvent& event : events_) {
    // Communication gets a row of its own, so that it is seen beside compute.
    file << fmt::format(
        R"({}{{"name":"{}","cat":"{}","ph":"X","pid":{},"tid":{},"ts":{:.3f},"dur":{:.3f},"args":{{"where":"{}","phase":"{}"}}}})",
        first ? "" : ",\n", event.op, event.kind, rank, event.kind == "compute" ? 0 : 1,
        static_cast<double>(event.start_ns) * 1e-3, static_cast<double>(event.nanoseconds) * 1e-3,
        *event.label, event.phase);
    first = false;
  }
  file << "\n]\n";
  file.close();
  if (!file) user_error("{}: the trace cannot be written", path.string());
}

}  // namespace weft
