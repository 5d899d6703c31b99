#pragma once
// Writes checkpoints beside training. A step waits for a copy of the states in memory; a thread of each rank
// writes it, and the ranks agree by files, not by messages: each hands in what it has written, reads back
// what its neighbour wrote, and rank 0 commits once all have. So no rank needs another's main thread, and a
// checkpoint in memory can still be written while a step that will not end in time goes on.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "weft/base/pace.h"
#include "weft/comm/communicator.h"
#include "weft/params/best_checkpoint.h"
#include "weft/params/checkpoint_snapshot.h"

namespace weft {

class CheckpointWriter {
 public:
  struct Options {
    std::filesystem::path folder;  ///< of all checkpoints of the run
    int64_t keep = 2;              ///< newest ones kept; 0: all
    bool copies = true;            ///< else states must not change from write() to the end of the writing
    /// Looked at often: once it says true the newest copy is written, if it is not yet. Empty: never.
    std::function<bool()> rescue;
    /// Of a core, for writing while nobody waits for it; more where checkpoints follow each other soon.
    double share = 1;
  };
  /// Collective: all ranks of `world`. `store` outlives this. Errors: as CheckpointSnapshot has them.
  CheckpointWriter(const StateStore& store, const Communicator& world, Options options);
  /// Waits for what is being written.
  ~CheckpointWriter();
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  /// Copies the states, which stand for step `step`; waits for what is being written first. They are written
  /// when a rescue asks for it.
  void copy(int64_t step, std::string extra_json);
  /// Copies them and begins to write the copy; `best`: it is marked as the best once it is written.
  void write(int64_t step, std::string extra_json, std::optional<BestCheckpoint> best = std::nullopt);
  /// Whether something is being written.
  bool is_writing() const;
  /// Throws what went wrong on this rank since the last call, if anything.
  void rethrow();
  /// Collective. Waits until nothing is being written; what went wrong on any rank is thrown on all.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void run();
  void write_copy(std::chrono::seconds patience);
  std::unique_lock<std::mutex> wait_until_idle();
  void take();
  bool is_due() const;

  Options options_;
  Communicator world_;
  const int rank_;  ///< the thread asks no communicator
  const int ranks_;
  std::string attempt_;  ///< names this run among those that wrote to the folder
  CheckpointSnapshot snapshot_;
  /// What the copy is; the thread's own while it writes.
  struct Taken {
    int64_t step = -1;  ///< -1: none is whole
    std::string extra_json;
    std::optional<BestCheckpoint> best;
  };
  Taken taken_;
  Pace pace_;
  std::chrono::duration<double> work_{0};  ///< of a core, for the checkpoint before
  std::atomic<int> waiting_{0};            ///< threads that wait for the writing

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  Clock::time_point asked_at_;
  std::chrono::duration<double> interval_{0};  ///< between the last two checkpoints
  bool writing_ = false;
  bool stopping_ = false;
  int64_t written_ = -1;  ///< step of the copy that was written last
  std::exception_ptr error_;
  std::thread thread_;  ///< last: it uses the others
};

}  // namespace weft
