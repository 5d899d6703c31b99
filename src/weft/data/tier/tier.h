#pragma once
// One storage class of a rank that keeps copies of records: memory, or a directory on a fast disk.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "weft/data/read/async_reader.h"

namespace weft {

/// A record's number: sample * parts + part, parts being how many ranks share a sample.
using RecordId = int64_t;

/// Room that a tier needs for a record of so many bytes, at most.
constexpr int64_t tier_footprint(int64_t bytes) { return (bytes + 63) / 64 * 64 + 64; }

/// Used by one thread (the fetcher), except where a method says otherwise. Never throws on I/O errors: a tier
/// that breaks gets smaller, and says so once through `trouble()`.
class Tier {
 public:
  virtual ~Tier() = default;
  virtual std::string name() const = 0;  ///< "memory" or the directory
  virtual int64_t capacity() const = 0;  ///< bytes; falls when the disk is full or gone
  virtual int64_t used() const = 0;      ///< bytes, counting what is being written

  /// True from put() to drop(), unless the tier breaks in between.
  virtual bool holds(RecordId record) const = 0;
  /// Copies the record in (it may be written later, in the background); false where it does not fit, or the
  /// disk is so slow that the tier's buffers stay full. The checksum (xxHash3, 64 bits) is kept and checked
  /// on every later read by the caller. A record that is here already stays as it is: true.
  virtual bool put(RecordId record, std::span<const std::byte> bytes, uint64_t checksum) = 0;
  /// Its place may be used for others at once: not while a read of it is under way.
  virtual void drop(RecordId record) = 0;

  struct Stored {
    int64_t bytes = 0;
    uint64_t checksum = 0;
    const std::byte* memory = nullptr;  ///< memory tiers: valid until the record is dropped
    ReadTask read;                      ///< others: how to read it, without id and target
  };
  /// Null where the record is not here, or not written yet.
  virtual std::optional<Stored> find(RecordId record) const = 0;

  /// Work in the background that needs a push (writes to submit and to collect); returns at once. Call it
  /// often.
  virtual void progress() {}
  /// A sentence about what broke since the last call; empty: nothing.
  virtual std::string trouble() { return {}; }
};

}  // namespace weft
