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

int64_t Trace::at(std::chrono::steady_clock::time_point time) const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time - began_).count();
}

namespace {

double microseconds(int64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-3; }

/// What is one at a time gets a row; communication gets one of its own, so that it is seen beside compute.
std::string span_json(const TraceEvent& event, int rank) {
  return fmt::format(
      R"({{"name":"{}","cat":"{}","ph":"X","pid":{},"tid":{},"ts":{:.3f},"dur":{:.3f},"args":{{"where":"{}","phase":"{}"}}}})",
      event.op, event.kind, rank, event.kind == "compute" ? 0 : 1, microseconds(event.start_ns),
      microseconds(event.nanoseconds), *event.label, event.phase);
}

/// Fetches overlap: a begin and an end of the same number.
std::string overlapping_json(const TraceEvent& event, int rank, size_t number) {
  const std::string common =
      fmt::format(R"("name":"{}","cat":"{}","pid":{},"tid":2,"id":{})", event.op, event.kind, rank, number);
  return fmt::format(R"({{{},"ph":"b","ts":{:.3f},"args":{{"where":"{}"}}}},)"
                     "\n"
                     R"({{{},"ph":"e","ts":{:.3f}}})",
                     common, microseconds(event.start_ns), *event.label, common,
                     microseconds(event.start_ns + event.nanoseconds));
}

}  // namespace

void Trace::write(const std::filesystem::path& path, int rank) const {
  std::ofstream file(path);
  file << "[\n";
  for (size_t i = 0; i < events_.size(); ++i) {
    const TraceEvent& event = events_[i];
    file << (i > 0 ? ",\n" : "")
         << (event.kind == "fetch" ? overlapping_json(event, rank, i) : span_json(event, rank));
  }
  file << "\n]\n";
  file.close();
  if (!file) user_error("{}: the trace cannot be written", path.string());
}

}  // namespace weft
