// NoPFS (Dryden et al., SC'21, section 5): each rank counts its own accesses over the whole run and fills its
// tiers, the fastest first, with what it reads most, each tier in order of first use, by threads that run
// beside training. A sample comes from wherever the model says is fastest. Ranks do not coordinate: a sample
// that several read often is read from the file system by each, and one that nobody reads often by nobody.
//
// Kinder than the original in two things. A rank knows how far another's tiers are filled, where the original
// guesses it from its own. And of samples that a rank reads equally often those that it reads first are kept,
// where the original leaves the choice to its sorting: with 16 ranks and 10 epochs, and tiers as large as the
// data, 76% of the samples are kept somewhere, and the original's are 66%.
#include <algorithm>

#include "weft/machine/transfer_time.h"
#include "weft/sim/io/policy_registry.h"

namespace weft {

namespace {

class NoPfs final : public IoPolicy {
 public:
  explicit NoPfs(const IoWorld& world);

  void serve(const IoStep& step, double file_system_mb_s) override;
  int background_threads(int rank) const override;
  double background(int rank, double seconds, double mb) override;
  double covered() const override { return covered_; }

 private:
  /// That a rank reads a sample first in some epoch, and may keep it: [sample][epoch].
  struct Copy {
    int32_t rank = -1;   ///< reads the sample in this epoch; -1: nobody
    float filled = kNo;  ///< MB of its tier that are filled when the copy is there; kNo: it is not kept
    int8_t tier = -1;
  };
  static constexpr float kNo = -1;
  struct Tier {
    double wanted_mb = 0;  ///< that it is to hold
    double filled_mb = 0;  ///< that it holds
  };

  size_t tier_at(int rank, int tier) const {
    return static_cast<size_t>(rank) * world_->scenario.tiers.size() + static_cast<size_t>(tier);
  }
  std::span<Copy> copies_of(int64_t sample) {
    return {copies_.data() + sample * world_->scenario.epochs, static_cast<size_t>(world_->scenario.epochs)};
  }
  void find_readers();
  void count_accesses();
  void choose_tiers();
  int tier_for(double mb) const;
  /// How often the rank of copies[epoch] reads the sample; 0 where an earlier epoch stands for it.
  static int64_t uses(std::span<const Copy> copies, size_t epoch);

  const IoWorld* world_;
  std::vector<Copy> copies_;
  std::vector<double> mb_by_uses_;  ///< [rank][uses]: MB read so often
  std::vector<Tier> tiers_;         ///< [rank][tier]
  double covered_ = 0;
};

NoPfs::NoPfs(const IoWorld& world) : world_(&world) {
  tiers_.resize(tier_at(world.ranks(), 0));
  if (world.tiers() == 0) return;
  find_readers();
  count_accesses();
  choose_tiers();
}

void NoPfs::find_readers() {
  const AccessStream& stream = *world_->stream;
  copies_.resize(world_->sizes.size() * static_cast<size_t>(world_->scenario.epochs));
  for (int64_t step = 0; step < stream.steps(); ++step) {
    for (int64_t row = 0; row < stream.batch(); ++row) {
      const int64_t sample = stream.sample(step, row);
      copies_of(sample)[static_cast<size_t>(stream.epoch_of(step))].rank =
          static_cast<int32_t>(row / world_->scenario.batch);
    }
  }
}

int64_t NoPfs::uses(std::span<const Copy> copies, size_t epoch) {
  const int32_t rank = copies[epoch].rank;
  if (rank < 0) return 0;
  int64_t count = 0;
  for (size_t e = 0; e < copies.size(); ++e) {
    if (copies[e].rank != rank) continue;
    if (e < epoch) return 0;
    ++count;
  }
  return count;
}

void NoPfs::count_accesses() {
  const auto epochs = static_cast<size_t>(world_->scenario.epochs);
  mb_by_uses_.resize(static_cast<size_t>(world_->ranks()) * (epochs + 1));
  for (int64_t sample = 0; sample < world_->scenario.samples; ++sample) {
    const std::span<Copy> copies = copies_of(sample);
    for (size_t epoch = 0; epoch < epochs; ++epoch) {
      const int64_t count = uses(copies, epoch);
      if (count == 0) continue;
      mb_by_uses_[static_cast<size_t>(copies[epoch].rank) * (epochs + 1) + static_cast<size_t>(count)] +=
          world_->mb(sample);
    }
  }
}

/// A rank's samples in order of uses, then of first use, are laid end to end over its tiers. Sums stand in
/// for sorting; one sample a tier may stick out over the end.
void NoPfs::choose_tiers() {
  const AccessStream& stream = *world_->stream;
  const auto epochs = static_cast<size_t>(world_->scenario.epochs);
  std::vector<double> begin(mb_by_uses_.size());  // MB before each class of uses
  for (size_t rank = 0; rank < static_cast<size_t>(world_->ranks()); ++rank) {
    double before = 0;
    for (size_t count = epochs; count > 0; --count) {
      begin[rank * (epochs + 1) + count] = before;
      before += mb_by_uses_[rank * (epochs + 1) + count];
    }
  }
  std::vector<bool> kept(world_->sizes.size());
  for (int64_t step = 0; step < stream.steps(); ++step) {
    const auto epoch = static_cast<size_t>(stream.epoch_of(step));
    for (int64_t row = 0; row < stream.batch(); ++row) {
      const int64_t sample = stream.sample(step, row);
      const std::span<Copy> copies = copies_of(sample);
      const int64_t count = uses(copies, epoch);
      if (count == 0) continue;
      Copy& copy = copies[epoch];
      const double mb = world_->mb(sample);
      double& at = begin[static_cast<size_t>(copy.rank) * (epochs + 1) + static_cast<size_t>(count)];
      copy.tier = static_cast<int8_t>(tier_for(at + mb));
      at += mb;
      if (copy.tier < 0) continue;
      kept[static_cast<size_t>(sample)] = true;
      double& wanted = tiers_[tier_at(copy.rank, copy.tier)].wanted_mb;
      wanted += mb;
      copy.filled = static_cast<float>(wanted);
    }
  }
  const auto kept_samples = std::count(kept.begin(), kept.end(), true);
  covered_ = static_cast<double>(kept_samples) / static_cast<double>(world_->scenario.samples);
}

/// The tier in which what ends `mb` after the beginning of the first lies, or -1.
int NoPfs::tier_for(double mb) const {
  double end = 0;
  for (int tier = 0; tier < world_->tiers(); ++tier) {
    end += world_->scenario.tiers[static_cast<size_t>(tier)].capacity_mb;
    if (mb <= end) return tier;
  }
  return -1;
}

void NoPfs::serve(const IoStep& step, double file_system_mb_s) {
  if (world_->tiers() == 0) return;
  const IoScenario& scenario = world_->scenario;
  for (IoAccess& access : step.accesses) {
    const int32_t reader = access.served.rank;
    double best = file_system_mb_s;
    const Copy* own = nullptr;
    for (const Copy& copy : copies_of(access.sample)) {
      if (copy.tier < 0) continue;
      if (copy.rank == reader) own = &copy;
      if (copy.filled > static_cast<float>(tiers_[tier_at(copy.rank, copy.tier)].filled_mb)) continue;
      const TierSpec& tier = scenario.tiers[static_cast<size_t>(copy.tier)];
      double rate = tier.read_mb_s() / tier.threads;
      if (copy.rank != reader) rate = std::min(rate, network_mb_s(scenario.network));
      if (rate < best || (rate == best && copy.rank != reader)) continue;
      best = rate;
      access.served.from = copy.rank == reader ? Served::From::local : Served::From::peer;
      access.served.rank = copy.rank;
      access.served.tier = copy.tier;
    }
    // Fetched by the staging threads before the tier's own came to it: it is kept all the same, and as tiers
    // are filled in order of first use, all before it is there too.
    if (access.served.from != Served::From::file_system || own == nullptr) continue;
    double& filled = tiers_[tier_at(own->rank, own->tier)].filled_mb;
    filled = std::max(filled, static_cast<double>(own->filled));
    access.served.own_tier = own->tier;
  }
}

int NoPfs::background_threads(int rank) const {
  int threads = 0;
  for (int tier = 0; tier < world_->tiers(); ++tier) {
    const Tier& own = tiers_[tier_at(rank, tier)];
    if (own.filled_mb < own.wanted_mb) threads += world_->scenario.tiers[static_cast<size_t>(tier)].threads;
  }
  return threads;
}

double NoPfs::background(int rank, double seconds, double mb) {
  const double threads = background_threads(rank);
  double read = 0;
  for (int tier = 0; tier < world_->tiers(); ++tier) {
    const TierSpec& spec = world_->scenario.tiers[static_cast<size_t>(tier)];
    Tier& own = tiers_[tier_at(rank, tier)];
    const double left = own.wanted_mb - own.filled_mb;
    if (left <= 0) continue;
    const double part = std::min({left, mb * spec.threads / threads, seconds * spec.write_mb_s()});
    own.filled_mb += part;
    // Sums of many sizes end a rounding error short of one of them.
    if (part >= left) own.filled_mb = own.wanted_mb;
    read += part;
  }
  return read;
}

}  // namespace

void register_nopfs(IoPolicyRegistry& registry) {
  registry.add("nopfs", "each rank keeps what it reads most itself (Dryden et al.)",
               [](const IoWorld& world) { return std::make_unique<NoPfs>(world); });
}

}  // namespace weft
