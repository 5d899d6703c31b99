#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "weft/comm/communicator.h"
#include "weft/data/batch/batch_source.h"
#include "weft/data/load/loader.h"
#include "weft/data/load/sample_form.h"
#include "weft/data/tier/directory_tier.h"

namespace weft {

struct StreamedBatchesOptions {
  std::shared_ptr<const Source> source;    ///< shared: the recipe's data know it as well
  std::shared_ptr<const SampleForm> form;  ///< shared: so do training and validation
  int64_t batch = 1;                       ///< rows of one global batch
  uint64_t seed = 0;
  bool shuffle = false;
  std::shared_ptr<const Sampler> sampler;  ///< in place of `shuffle`; shared with the stream
  LastBatch last = LastBatch::drop;
  int64_t group = 1;                  ///< see AccessStream::Options
  std::optional<Communicator> world;  ///< all ranks; data_ranks of them take different rows
  int data_ranks = 1;
  int rank = 0;                ///< of data_ranks, where `world` is not given
  int64_t network_budget = 0;  ///< see LoaderOptions
  bool share = false;          ///< whether ranks read from each other's tiers
  int64_t memory_bytes = 0;    ///< of this rank, for copies of files; no more than they need is taken
  std::vector<DirectoryTierOptions> directories;
  int workers = 1;
  int64_t lookahead = 32;
  RingPages pages = RingPages::at_once;         ///< see LoaderOptions
  std::shared_ptr<const KnownChecksums> known;  ///< see LoaderOptions
  Machine machine;                              ///< see LoaderOptions
  OnBadSample on_bad = OnBadSample::fail;
  int64_t bad_limit = 100;
};

/// Samples from files as the step's input. Batches are loaded ahead, in the order of their numbers; another
/// number begins anew there.
class StreamedBatches final : public BatchSource {
 public:
  /// UserError when there are fewer samples than one batch has and the last batch is dropped.
  explicit StreamedBatches(StreamedBatchesOptions options);
  ~StreamedBatches() override;
  /// Collective among `world` where it begins or begins anew. All calls ask for the same parts of rows.
  void fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) override;
  /// A batch in the staging ring.
  bool lend(int64_t number, std::span<View> views, std::span<const Region> regions) override;
  bool has_sample(int64_t row) const override;
  std::string name_of(int64_t row) const override;
  /// For a user that keeps batches: whole rows, see Loader::take(). False from wait_for: the batch is not
  /// there after `ms`.
  bool wait_for(int64_t number, DType floating, double ms);
  const Batch& take(int64_t number, DType floating);
  void give_back() { loader_->give_back(); }
  /// This rank's rows of a batch.
  int64_t rows() const { return stream_->rows(rank()).size(); }
  std::optional<double> naive_seconds(int64_t samples) override;
  std::optional<LoadStats> stats() const override;
  std::vector<FetchEvent> fetches() override;
  std::vector<std::string> notices() override;
  /// Of one epoch.
  int64_t batches() const { return stream_->steps_per_epoch(); }

 private:
  int rank() const;
  /// Begins to load at batch `number`: the boxes `rows` of a row's tensors.
  void begin(int64_t number, DType floating, const std::vector<Region>& rows);
  void begin_whole(int64_t number, DType floating);
  SampleParts parts_of(const std::vector<Region>& rows) const;
  void make_tiers(const SampleParts& parts);
  /// The loader's batch, whose tensors have the types of `wanted`.
  const Batch& next(int64_t number, std::span<const View> wanted, std::span<const Region> regions);

  StreamedBatchesOptions options_;
  std::shared_ptr<const AccessStream> stream_;
  std::vector<std::unique_ptr<Tier>> tiers_;  ///< made with the first loader
  std::unique_ptr<Assembler> assembler_;
  std::unique_ptr<Loader> loader_;
  LoadStats before_;          ///< of the loaders before it
  std::vector<Region> rows_;  ///< boxes of a row's tensors that the loader makes
  SampleParts parts_;         ///< what is read for them
  DType floating_ = DType::f32;
  int64_t next_ = -1;             ///< number of the loader's next batch
  std::vector<uint8_t> samples_;  ///< by row of the batch before it: whether it has a sample
  size_t bad_told_ = 0;
  bool remembers_ = false;  ///< fetches
};

}  // namespace weft
