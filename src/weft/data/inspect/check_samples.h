#pragma once
#include <functional>
#include <string>
#include <vector>

#include "weft/data/source/source.h"

namespace weft {

struct CheckedRecord {
  int64_t sample = 0;
  int64_t bytes = 0;
  uint64_t checksum = 0;  ///< xxHash3 of the whole sample's record
};

struct CheckOptions {
  /// Each good sample, in no order, one call at a time; may be empty.
  std::function<void(const CheckedRecord&)> on_record;
  /// Samples done, of how many; one call at a time; may be empty.
  std::function<void(int64_t done, int64_t total)> on_progress;
  int64_t threads = 8;
};

struct CheckReport {
  struct Bad {
    int64_t sample = 0;
    std::string problem;
  };
  std::vector<Bad> bad;  ///< in order of their numbers
  /// Sentences about files that keep checksums of more than a sample, and hold other bytes.
  std::vector<std::string> damaged;
  int64_t bytes = 0;  ///< of all records read
  /// Of images: {height, width}, 0 where there are none.
  Dims smallest{0, 0};
  Dims largest{0, 0};
};

/// Reads every sample whole and unpacks or decodes it as training would, many at a time. Bad samples are
/// listed, never thrown. Memory: a record and its tensors a thread.
CheckReport check_samples(const Source& source, const CheckOptions& options);

/// Names a data set by what it holds (names of files without their folders, samples, fields): the key of its
/// checksum index, equal wherever the data set is moved.
uint64_t source_key(const Source& source);

}  // namespace weft
