#include "weft/sim/io/io_run.h"

#include <algorithm>
#include <limits>

#include "weft/machine/transfer_time.h"

namespace weft {

IoRun::IoRun(const IoWorld& world, std::string name, std::unique_ptr<IoPolicy> policy)
    : world_(&world), name_(std::move(name)), policy_(std::move(policy)) {
  const IoScenario& scenario = world.scenario;
  const auto ranks = static_cast<size_t>(scenario.ranks);
  total_.policy = name_;
  total_.unsupported = policy_->unsupported();
  const double most = static_cast<double>(scenario.samples * scenario.epochs);  // that a rank could want
  const double held = scenario.staging_mb * static_cast<double>(scenario.samples) / world.total_mb;
  window_ = static_cast<int64_t>(std::clamp(held, 1.0, most));
  const int threads = scenario.staging_threads;
  preprocess_s_ = std::max(1 / scenario.preprocess_mb_s, threads / scenario.staging.write->at(threads));
  share_.even_mb_s = scenario.file_system.read->at(scenario.ranks) / scenario.ranks;
  ranks_.resize(ranks);
  for (Rank& rank : ranks_) rank.tiers.resize(scenario.tiers.size());
  accesses_.resize(ranks * static_cast<size_t>(scenario.batch));
  urgent_.resize(ranks);
  demands_.resize(ranks);
  if (!total_.unsupported.empty()) return;
  if (policy_->replaces_samples()) seen_.resize(static_cast<size_t>(scenario.samples));
  const Preparation preparation = policy_->prepare();
  total_.prepare_s = preparation.seconds;
  total_.file_system_mb = preparation.file_system_mb;
}

void IoRun::step(int64_t step, std::span<const int64_t> samples) {
  if (!total_.unsupported.empty()) return;
  IoStep now;
  now.step = step;
  now.epoch = world_->stream->epoch_of(step);
  now.batch = world_->scenario.batch;
  now.accesses = accesses_;
  for (size_t i = 0; i < accesses_.size(); ++i) accesses_[i].sample = samples[i];
  for (size_t rank = 0; rank < ranks_.size(); ++rank) {
    urgent_[rank] = step < 2 || ranks_[rank].fetched >= step_ends_[static_cast<size_t>(step - 2)] ? 1 : 0;
  }
  now.urgent = urgent_;
  policy_->arrange(now);
  for (size_t i = 0; i < accesses_.size(); ++i)
    accesses_[i].served = {.rank = static_cast<int32_t>(i / static_cast<size_t>(now.batch))};
  policy_->serve(now, share_.even_mb_s);
  count_demand(now);
  share_file_system(now);
  play(now);
  finish_step();
}

void IoRun::count_demand(const IoStep& step) {
  for (Rank& rank : ranks_) rank.demand_mb = rank.step_mb = rank.on_demand_mb = 0;
  for (int rank = 0; rank < world_->ranks(); ++rank) count_accesses_of(rank, step);
}

void IoRun::count_accesses_of(int rank, const IoStep& step) {
  Rank& own = at(rank);
  for (int64_t i = rank * step.batch; i < (rank + 1) * step.batch; ++i) {
    const IoAccess& access = step.accesses[static_cast<size_t>(i)];
    const double mb = world_->mb(access.sample);
    const Served& served = access.served;
    own.step_mb += mb;
    if (served.on_demand) own.on_demand_mb += mb;
    if (!seen_.empty()) seen_[static_cast<size_t>(access.sample)] = true;
    if (served.from == Served::From::file_system) at(served.rank).demand_mb += mb;
    if (served.from == Served::From::local) total_.local_mb += mb;
    if (served.from == Served::From::peer || served.rank != rank) total_.peer_mb += mb;
  }
}

void IoRun::share_file_system(const IoStep& step) {
  const IoScenario& scenario = world_->scenario;
  const double room = room_at(step, step.batch - 1, -1);
  const double first_room = room_at(step, 0, -1);
  double first_read = std::numeric_limits<double>::infinity();
  for (int rank = 0; rank < scenario.ranks; ++rank) {
    const Rank& own = at(rank);
    FileSystemDemand& demand = demands_[static_cast<size_t>(rank)];
    demand.mb = own.demand_mb;
    total_.file_system_mb += demand.mb;
    demand.always = policy_->background_threads(rank) > 0;
    demand.least_s = 0;
    demand.besides_s = 0;
    if (own.on_demand_mb > 0) {
      demand.begin_s = now_;
      demand.besides_s = own.on_demand_mb * preprocess_s_ + own.step_mb / scenario.compute_mb_s;
      first_read = std::min(first_read, now_);
    } else {
      demand.begin_s = own.fetched;
      demand.least_s = std::max(room - own.fetched, own.step_mb * preprocess_s_ / scenario.staging_threads);
      first_read = std::min(first_read, std::max(first_room, own.staging));
    }
  }
  share_ = share_of(*scenario.file_system.read, demands_);
  file_system_ = std::max(file_system_, first_read);
}

/// When the staging buffer has room for a row; rank -1: at the latest, where that lies in an earlier step.
double IoRun::room_at(const IoStep& step, int64_t row, int rank) const {
  const int64_t leaving = step.step * step.batch + row - window_;
  if (leaving < 0) return 0;
  const int64_t from = leaving / step.batch;
  const int64_t left = leaving % step.batch;
  if (from == step.step) {
    return rank < 0 ? now_ : accesses_[static_cast<size_t>(rank * step.batch + left)].begun_s;
  }
  // Ranks take a step's samples at an even pace, near enough.
  const double begin = from > 0 ? step_ends_[static_cast<size_t>(from - 1)] : 0;
  const double end = step_ends_[static_cast<size_t>(from)];
  return begin + (end - begin) * static_cast<double>(left + 1) / static_cast<double>(step.batch);
}

void IoRun::play(const IoStep& step) {
  const double compute_s = 1 / world_->scenario.compute_mb_s;
  for (Rank& rank : ranks_) {
    rank.used = now_;
    rank.fetch_from = rank.fetched;
  }
  // Row by row, so that ranks come to what they share in nearly the order of time.
  for (int64_t row = 0; row < step.batch; ++row) {
    const bool same_step = step.step * step.batch + row - window_ >= step.step * step.batch;
    const double room = same_step ? 0 : room_at(step, row, -1);
    for (int rank = 0; rank < world_->ranks(); ++rank) {
      IoAccess& own = step.accesses[static_cast<size_t>(rank * step.batch + row)];
      const Access access{&own.served, world_->mb(own.sample), rank};
      double& used = at(rank).used;
      double start = room;
      if (access.served->on_demand) {
        start = used;
      } else if (same_step) {
        start = room_at(step, row, rank);
      }
      const double avail = fetch(access, start);
      own.begun_s = std::max(avail, used);
      used = own.begun_s + access.mb * compute_s;
    }
  }
}

double IoRun::wait_for(double& clock, double start, double seconds) {
  clock = std::max(clock, start) + seconds;
  return clock;
}

/// When the sample lies in the staging buffer, preprocessed.
double IoRun::fetch(const Access& access, double start) {
  using From = Served::From;
  const Served& served = *access.served;
  if (served.from == From::at_once) return 0;
  Rank& own = at(access.rank);
  const IoScenario& scenario = world_->scenario;
  const double alone_s = thread_fetch_s(access) + access.mb * preprocess_s_;
  if (!served.on_demand) {
    start = std::max(start, own.staging);
    own.staging = start + alone_s / scenario.staging_threads;
  }
  double came = start;
  if (served.from == From::file_system) {
    came = read_file_system(access, start);
  } else {
    const TierSpec& tier = scenario.tiers[static_cast<size_t>(served.tier)];
    const int holder = served.from == From::peer ? served.rank : access.rank;
    came = wait_for(tier_clock(holder, served.tier), start, storage_s(access.mb, tier.read_mb_s()));
    if (holder != access.rank) came = std::max(came, send(holder, access.rank, access.mb, start));
  }
  keep(access, came);
  own.fetched = std::max({own.fetched, came, own.staging});
  // A shared server is done at `came`; this thread alone cannot be done before `alone_s` are over.
  return std::max(came + access.mb * preprocess_s_, start + alone_s);
}

double IoRun::read_file_system(const Access& access, double start) {
  const int reader = access.served->rank;
  const double threads = world_->scenario.staging_threads;
  const double rate = share_.reader_mb_s * threads / (threads + policy_->background_threads(reader));
  file_system_ += storage_s(access.mb, share_.all_mb_s);
  const double read = wait_for(at(reader).reading, start, storage_s(access.mb, rate));
  const double came = std::max(read, file_system_);
  if (reader == access.rank) return came;
  return send(reader, access.rank, access.mb, came);
}

double IoRun::send(int from, int to, double mb, double start) {
  const double seconds = message_s(world_->scenario.network, mb);
  const double sent = wait_for(at(from).sending, start, seconds);
  const double received = wait_for(at(to).receiving, start, seconds);
  return std::max(sent, received);
}

/// Of one thread that has its origin to itself.
double IoRun::thread_fetch_s(const Access& access) const {
  const Served& served = *access.served;
  const IoScenario& scenario = world_->scenario;
  if (served.from == Served::From::file_system) return storage_s(access.mb, share_.reader_mb_s);
  const TierSpec& tier = scenario.tiers[static_cast<size_t>(served.tier)];
  double rate = tier.read_mb_s() / tier.threads;
  if (served.from == Served::From::peer) rate = std::min(rate, network_mb_s(scenario.network));
  return storage_s(access.mb, rate);
}

/// Writing a copy delays nobody but those who use the tier next.
void IoRun::keep(const Access& access, double at) {
  const Served& served = *access.served;
  const auto write = [&](int rank, int tier) {
    const double rate = world_->scenario.tiers[static_cast<size_t>(tier)].write_mb_s();
    wait_for(tier_clock(rank, tier), at, storage_s(access.mb, rate));
  };
  if (served.home_tier >= 0) write(served.rank, served.home_tier);
  if (served.own_tier >= 0) write(access.rank, served.own_tier);
}

void IoRun::finish_step() {
  double slowest_mb = 0;
  now_ = 0;
  for (const Rank& rank : ranks_) {
    slowest_mb = std::max(slowest_mb, rank.step_mb);
    now_ = std::max(now_, rank.used);
  }
  total_.compute_s += slowest_mb / world_->scenario.compute_mb_s;
  step_ends_.push_back(now_);
  for (int rank = 0; rank < world_->ranks(); ++rank) {
    if (policy_->background_threads(rank) == 0) continue;
    Rank& own = at(rank);
    const double seconds = own.fetched - own.fetch_from;
    // Reads of a step overlap with what the rank got from elsewhere before it: what that took from the
    // background is made good.
    const double left = seconds * share_.reader_mb_s - own.demand_mb - own.overdrawn_mb;
    own.overdrawn_mb = std::max(0.0, -left);
    if (left <= 0) continue;
    const double read_mb = policy_->background(rank, seconds, left);
    total_.file_system_mb += read_mb;
    file_system_ += storage_s(read_mb, share_.all_mb_s);
  }
}

IoResult IoRun::result() const {
  IoResult result = total_;
  result.seconds = total_.prepare_s + now_;
  if (!total_.unsupported.empty()) return result;
  result.covered = policy_->covered();
  if (!seen_.empty()) {
    const auto seen = std::count(seen_.begin(), seen_.end(), true);
    result.read = static_cast<double>(seen) / static_cast<double>(seen_.size());
  }
  return result;
}

}  // namespace weft
