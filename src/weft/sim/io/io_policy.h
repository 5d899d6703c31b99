#pragma once
// What a way of loading data decides; what its decisions cost is IoRun's.
#include <cstdint>
#include <span>
#include <string>

#include "weft/sim/io/io_world.h"

namespace weft {

/// Where one access gets its sample from, and who keeps it.
struct Served {
  enum class From : uint8_t {
    file_system,  ///< read by `rank`, and sent to the reader where that is another
    peer,         ///< from tier `tier` of `rank`
    local,        ///< from tier `tier` of the reader
    at_once,      ///< costs nothing: the bound
  };
  From from = From::file_system;
  bool on_demand = false;  ///< fetched when it is asked for, not ahead of that
  int8_t tier = 0;
  int8_t home_tier = -1;  ///< of `rank`, in which it keeps what it read from the file system
  int8_t own_tier = -1;   ///< of the reader, in which it keeps a copy
  int32_t rank = 0;
};

/// One sample that one rank reads in a step.
struct IoAccess {
  int64_t sample = 0;
  Served served;       ///< what serve() says; `rank` is the reader's before
  double begun_s = 0;  ///< IoRun's: when the reader began to compute on it
};

/// One step of all ranks. Rank r reads accesses[r * batch, (r + 1) * batch).
struct IoStep {
  int64_t step = 0;
  int64_t epoch = 0;
  int64_t batch = 1;
  std::span<IoAccess> accesses;
  /// Of each rank: it fetches this step while it computes the one before, or waits already.
  std::span<const uint8_t> urgent;
};

/// Before the first step.
struct Preparation {
  double seconds = 0;
  double file_system_mb = 0;
};

/// One policy at work on one scenario. Its calls come in order: prepare(); then for each step arrange(),
/// serve() and, for each rank, background().
class IoPolicy {
 public:
  IoPolicy() = default;
  virtual ~IoPolicy() = default;
  IoPolicy(const IoPolicy&) = delete;
  IoPolicy& operator=(const IoPolicy&) = delete;

  /// Why it cannot run this scenario; empty: it can.
  virtual std::string unsupported() const { return ""; }
  virtual Preparation prepare() { return {}; }
  /// Whether it may train on other samples than the stream says.
  virtual bool replaces_samples() const { return false; }
  /// Moves or replaces the samples of a step.
  virtual void arrange(IoStep& /*step*/) {}
  /// Fills in where each access gets its sample from. `file_system_mb_s`: what one reader got of the file
  /// system lately.
  virtual void serve(const IoStep& step, double file_system_mb_s) = 0;
  /// Threads of a rank that read the file system besides the fetching of steps.
  virtual int background_threads(int /*rank*/) const { return 0; }
  /// These threads had `seconds` in which the file system gave them `mb`; returns the MB that they read.
  virtual double background(int /*rank*/, double /*seconds*/, double /*mb*/) { return 0; }
  /// Samples that have a copy in some tier, as a share of all.
  virtual double covered() const { return 0; }
};

}  // namespace weft
