#pragma once
// Batches at compute speed: everything between files and the step's input.
//
//   LoaderOptions options;
//   options.stream = stream;                                        // who reads what, and when
//   options.tiers = {memory.get()};                                 // where copies may be kept
//   Loader loader(source, assembler, std::move(options));
//   while (const Batch* batch = loader.next()) train(batch->tensors);
#include <memory>
#include <optional>
#include <vector>

#include "weft/comm/communicator.h"
#include "weft/data/batch/load_stats.h"
#include "weft/data/load/assembler.h"
#include "weft/data/load/bad_samples.h"
#include "weft/data/load/batch_ring.h"
#include "weft/data/load/sample_parts.h"
#include "weft/data/source/source.h"
#include "weft/data/stream/access_stream.h"
#include "weft/data/tier/tier.h"
#include "weft/data/verify/known_checksums.h"
#include "weft/machine/machine.h"

namespace weft {

struct LoaderOptions {
  std::shared_ptr<const AccessStream> stream;  ///< shared: the trainer counts steps by it
  int rank = 0;                                ///< of the stream's ranks
  SampleParts parts;         ///< what this rank reads of a sample, and those that take the same rows
  std::vector<Tier*> tiers;  ///< fastest first; none: nothing is kept. They outlive the loader
  /// Ranks that share their tiers: number rank * parts.group() + parts.member(). None: no peers. Makes the
  /// constructor collective.
  std::optional<Communicator> peers;
  /// What whole records must be when the source gives them; null: nothing is known. Shared by the loaders of
  /// a run. Not with parts of samples, whose records are others.
  std::shared_ptr<const KnownChecksums> known;
  uint64_t seed = 0;
  int64_t first_step = 0;                     ///< to go on from
  int slots = 3;                              ///< batches in the staging ring
  RingPages pages = RingPages::at_once;       ///< of its memory
  int workers = 1;                            ///< threads that decode
  int64_t lookahead = 32;                     ///< steps that are fetched ahead
  int64_t budget_bytes = int64_t{256} << 20;  ///< of records on their way
  int read_depth = 64;                        ///< reads under way at once
  double patience_ms = 5000;                  ///< for a peer's answer, before the source is read
  int64_t network_budget = 0;                 ///< bytes a second that this rank sends to peers; 0: no limit
  bool peers_first = false;                   ///< never read from the source what a peer keeps
  Machine machine;  ///< how fast source and peers are before the first record has come; nothing: not known
  OnBadSample on_bad = OnBadSample::fail;
  int64_t bad_limit = 100;
};

/// This rank's rows of one step.
struct Batch {
  int64_t step = 0;
  int64_t epoch = 0;
  double stall_ms = 0;               ///< that next() waited
  std::span<const View> tensors;     ///< [rows, ...]; valid until the batch is given back
  std::span<const uint8_t> samples;  ///< [rows]: 0 where a row has no sample; valid as long
  /// What the tensors lie in: who keeps it keeps them (the ring then takes new memory).
  std::shared_ptr<const void> memory;
};

/// Loads the batches of a stream in order, in the background. Use it from one thread.
class Loader {
 public:
  /// `source` and `assembler` must outlive this. Collective when options.peers is set.
  Loader(const Source& source, Assembler& assembler, LoaderOptions options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// The next batch, in the ring's own memory; null after the last step. Throws UserError where the data are
  /// bad and the policy says so.
  const Batch* next();
  /// Gives the batch back early, so that its slot is filled while the step computes from a copy.
  void release();

  /// Like next(), but the batches before it stay valid until they are given back, the oldest first. At most
  /// `slots` may be out at once.
  const Batch* take();
  void give_back();
  /// Whether the next batch is there, after waiting so long at most. True also where taking it would throw,
  /// or give null.
  bool wait_for(double ms);

  LoadStats stats() const;
  /// From here on the fetches of records are remembered, at most so many until take_fetches().
  void remember_fetches(size_t capacity);
  /// Those that ended since the last call.
  std::vector<FetchEvent> take_fetches();
  std::vector<BadSamples::Entry> bad_samples() const;
  /// Samples that have a home in some rank's tiers, of all.
  int64_t covered() const;
  /// Sentences about tiers that broke since the last call.
  std::vector<std::string> troubles();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  Batch batch_;
  int64_t next_step_;
  int64_t held_ = 0;  ///< batches taken and not given back: the last ones before next_step_
};

}  // namespace weft
