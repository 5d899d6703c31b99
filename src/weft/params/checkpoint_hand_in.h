#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "weft/params/checkpoint_files.h"

namespace weft {

/// How the ranks that write a checkpoint agree by files in its temporary folder: each leaves a note of what
/// it has written, and another once it has read back what the next rank wrote. Notes of other attempts, which
/// may lie there from a run that was killed, are not read.
class HandIn {
 public:
  /// `patience`: how long a note is waited for in which nothing of that rank changes.
  HandIn(std::filesystem::path folder, std::string attempt, int rank, int ranks,
         std::chrono::seconds patience);

  /// This rank's file is written.
  void hand_in(const ShardSummary& shard);
  /// Waits for the next rank's file and reads it back, at `pace` if there is one. UserError where it is not
  /// what that rank wrote, or is not to be seen.
  void check_neighbour(Pace* pace = nullptr) const;
  /// Waits until all have handed in and checked; what they wrote, in their order. UserError where one failed.
  std::vector<ShardSummary> collect() const;
  /// Waits until rank 0 has committed, or given up: the folder is gone then, and may be made anew.
  void wait_for_commit() const;
  /// Tells the others that this rank has failed, as far as that can be written.
  void fail(const std::string& why) const noexcept;

 private:
  std::filesystem::path note(int rank, std::string_view what) const;
  void leave(std::string_view what, const std::string& text) const;
  std::string wait_for(int rank, std::string_view what, std::chrono::seconds work) const;
  int64_t written_by(int rank) const;

  std::filesystem::path folder_;
  std::string attempt_;
  int rank_;
  int ranks_;
  std::chrono::seconds patience_;
  bool has_handed_in_ = false;
};

}  // namespace weft
