#pragma once
// Segments: the parts of a graph that run at different times. Values cross from one to another only as
// states.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weft {

/// How often a segment runs.
struct Cadence {
  enum class Kind : uint8_t {
    microbatch,  ///< once a microbatch
    step,        ///< once in every `every` steps
    on_call,     ///< whenever it is asked for, never as part of a step
  };
  Kind kind = Kind::microbatch;
  int64_t every = 1;  ///< steps; at least 1

  static Cadence each_microbatch() { return {Kind::microbatch, 1}; }
  static Cadence each_step() { return {Kind::step, 1}; }
  static Cadence every_steps(int64_t steps) { return {Kind::step, steps}; }
  static Cadence on_call() { return {Kind::on_call, 1}; }

  /// Whether it runs in step `step`, counted from 0. With `every` = k those are the k-th, the 2k-th, …
  bool due(int64_t step) const { return kind != Kind::on_call && (step + 1) % every == 0; }
  bool operator==(const Cadence&) const = default;
};

/// "each microbatch", "each step", "every 100 steps", "on call".
std::string to_string(const Cadence& cadence);
/// The reverse; empty for any other text.
std::optional<Cadence> parse_cadence(std::string_view text);

struct Segment {
  std::string name;
  Cadence cadence;
  int slots = 1;  ///< microbatches that may be in flight in it at once; at least 1
  bool operator==(const Segment&) const = default;
};

}  // namespace weft
