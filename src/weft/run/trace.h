#pragma once
// A timeline in Chrome's trace format, which Perfetto and chrome://tracing open.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace weft {

struct TraceEvent {
  const std::string* label = nullptr;  ///< of the instruction; outlives the trace
  std::string_view op;
  std::string_view phase;  ///< the segment, or what else a step does; outlives the trace
  std::string_view kind;   ///< "compute", "communication", …; "fetch": may overlap others of its kind
  int64_t start_ns = 0;
  int64_t nanoseconds = 0;
};

class Trace {
 public:
  /// Room for `capacity` events; later ones are dropped and counted, so that recording never allocates.
  explicit Trace(size_t capacity);
  void add(const TraceEvent& event);
  /// Nanoseconds since the trace began.
  int64_t now() const { return at(std::chrono::steady_clock::now()); }
  int64_t at(std::chrono::steady_clock::time_point time) const;
  /// Writes the events of this rank. UserError when the file cannot be written.
  void write(const std::filesystem::path& path, int rank) const;
  const std::vector<TraceEvent>& events() const { return events_; }
  int64_t dropped() const { return dropped_; }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::vector<TraceEvent> events_;
  int64_t dropped_ = 0;
};

}  // namespace weft
