#pragma once
// A data set where it lies: which bytes of which files make up a sample, and what they unpack into. Reading
// is somebody else's work (data/read), so that one engine reads, caches, checks and sends the bytes of every
// format.
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "weft/data/source/absent_values.h"
#include "weft/tensor/view.h"

namespace weft {

/// A run of bytes of one of a source's files.
struct Extent {
  int32_t file = 0;  ///< index into Source::files()
  int64_t offset = 0;
  int64_t bytes = 0;
  bool operator==(const Extent&) const = default;
};

/// Bytes of a file that keeps a checksum of them.
struct KeptChecksum {
  Extent extent;
  uint32_t crc32 = 0;
  std::string name;  ///< for people: "both.npz: 'x'"
};

/// One tensor of every sample. A size of -1 differs from sample to sample (height and width of images).
struct Field {
  std::string name;
  TensorType type;
  std::string stored = {};  ///< type of its elements in the file, for people; empty: as `type`
  bool is_whole = false;    ///< the file has integers, whatever they become (i16 becomes f32)
  /// Of whole numbers: those that say that there is none.
  AbsentValues absent = {};
};

/// Immutable once open; every method may be called from any thread.
class Source {
 public:
  virtual ~Source() = default;

  virtual int64_t count() const = 0;
  /// For people: "train/cat/0017.jpg", "volumes.h5[17]".
  virtual std::string name(int64_t sample) const = 0;
  virtual std::span<const Field> fields() const = 0;
  virtual std::span<const std::filesystem::path> files() const = 0;

  /// Appends where the bytes of these parts of a sample lie: one region a field, in the coordinates of the
  /// field; no regions: the whole sample. The bytes of the extents, one after the other, are the *record*:
  /// what is cached, checked and sent. Neighbouring extents are merged. Reads no file.
  virtual void locate(int64_t sample, std::span<const Region> parts, std::vector<Extent>& extents) const = 0;

  /// Unpacks the record of the same parts: outputs[i] has the shape of parts[i] (no parts: of the field) and
  /// field i's dtype; where it is whole, also i64: the numbers as they are stored; where it may be absent,
  /// also f64: NaN where it is. UserError naming the sample where the record is broken. Not for encoded
  /// images: data/decode does those.
  virtual void unpack(int64_t sample, std::span<const Region> parts, std::span<const std::byte> record,
                      std::span<const View> outputs) const = 0;

  /// True: a record is one encoded image (a JPEG file), and field 0 its pixels; parts make no difference to
  /// locate().
  virtual bool encoded_images() const { return false; }
  /// Names of the classes, in the order of the labels; empty where samples have no class.
  virtual std::span<const std::string> classes() const { return {}; }
  /// Class of a sample; -1 where it has none.
  virtual int32_t label([[maybe_unused]] int64_t sample) const { return -1; }
  /// Sentences for people about what was found and is no sample, or is taken for something: "12 files of data
  /// left out: 7 .webp, 5 .txt". Said once, at the start of a run.
  virtual std::vector<std::string> remarks() const { return {}; }
  /// Checksums of more than a sample, which unpack() cannot check. Reads no file.
  virtual std::vector<KeptChecksum> kept_checksums() const { return {}; }
};

}  // namespace weft
