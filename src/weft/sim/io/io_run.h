#pragma once
#include <memory>
#include <string>
#include <vector>

#include "weft/sim/io/contention.h"
#include "weft/sim/io/io_policy.h"

namespace weft {

struct IoResult {
  std::string policy;
  std::string unsupported;  ///< why there is nothing else here
  double seconds = 0;       ///< preparation included
  double prepare_s = 0;     ///< before the first step
  double compute_s = 0;     ///< the same steps, had no sample to be waited for
  double file_system_mb = 0;
  double peer_mb = 0;   ///< sent from rank to rank
  double local_mb = 0;  ///< from the reader's own tiers
  double covered = 0;   ///< share of samples with a copy in some tier
  double read = 1;      ///< share of samples that were trained on at all
  /// Of the time, in which the slowest rank waits for samples.
  double stall_share() const { return seconds > compute_s ? (seconds - compute_s) / seconds : 0; }
};

/// One policy in virtual time, step by step: the model of Dryden et al. (SC'21, section 4) with every
/// resource shared. The file system, each rank's reads of it, network directions and tiers are servers with a
/// clock, busy for s / rate a sample; the staging threads fetch and preprocess in the order of use, as far
/// ahead as the staging buffer has room; ranks meet at the end of each step. A step costs O(ranks * batch).
class IoRun {
 public:
  /// `world` must outlive it.
  IoRun(const IoWorld& world, std::string name, std::unique_ptr<IoPolicy> policy);
  /// Steps come in order, starting from 0.
  void step(int64_t step, std::span<const int64_t> samples);
  IoResult result() const;

 private:
  struct Access {
    const Served* served;
    double mb;
    int rank;
  };
  struct Rank {
    // Clocks.
    double used = 0;            ///< it computes until then
    double staging = 0;         ///< its staging threads are free
    double fetched = 0;         ///< its last sample came
    double reading = 0;         ///< its reads of the file system are done
    double sending = 0;         ///< this direction of its network is free
    double receiving = 0;       ///< this one is
    std::vector<double> tiers;  ///< and each of its tiers

    double overdrawn_mb = 0;  ///< the background read, and steps needed, within the same time

    // Of the step in hand.
    double demand_mb = 0;     ///< of the file system
    double on_demand_mb = 0;  ///< not fetched ahead
    double step_mb = 0;       ///< from anywhere
    double fetch_from = 0;    ///< `fetched` when the step began
  };
  Rank& at(int rank) { return ranks_[static_cast<size_t>(rank)]; }
  void count_accesses_of(int rank, const IoStep& step);
  void count_demand(const IoStep& step);
  void share_file_system(const IoStep& step);
  void play(const IoStep& step);
  void finish_step();
  double room_at(const IoStep& step, int64_t row, int rank) const;
  double fetch(const Access& access, double start);
  double read_file_system(const Access& access, double start);
  double send(int from, int to, double mb, double start);
  double wait_for(double& clock, double start, double seconds);
  double thread_fetch_s(const Access& access) const;
  double& tier_clock(int rank, int tier) { return at(rank).tiers[static_cast<size_t>(tier)]; }
  void keep(const Access& access, double at);

  const IoWorld* world_;
  std::string name_;
  std::unique_ptr<IoPolicy> policy_;
  IoResult total_;
  int64_t window_;          ///< samples that the staging buffer of a rank holds
  double preprocess_s_;     ///< of one MB on one thread, written to the staging buffer meanwhile
  FileSystemShare share_;   ///< of the file system, in the step in hand
  std::vector<bool> seen_;  ///< samples trained on, of policies that replace some

  // Clocks, in seconds since the first step.
  double now_ = 0;                 ///< when the ranks met last
  std::vector<double> step_ends_;  ///< all of them: what was in the staging buffer is free from then on
  double file_system_ = 0;         ///< it has read all that was asked for, for all ranks together

  std::vector<Rank> ranks_;
  std::vector<IoAccess> accesses_;  ///< of the step in hand: [rank][row]

  // Lists that others are given whole, of each rank: the policy and share_of().
  std::vector<uint8_t> urgent_;
  std::vector<FileSystemDemand> demands_;
};

}  // namespace weft
