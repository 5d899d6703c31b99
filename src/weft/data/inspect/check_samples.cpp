#include "weft/data/inspect/check_samples.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include "weft/base/check.h"
#include "weft/data/decode/image_decoder.h"
#include "weft/data/read/descriptor_share.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/latency_pool.h"
#include "weft/data/verify/kept_checksums.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

class Checker {
 public:
  Checker(const Source& source, const CheckOptions& options)
      : source_(source), options_(options), kept_open_(std::ssize(source.files())) {
    if (!kept_open_.granted()) return;
    for (const std::filesystem::path& path : source.files()) open_.push_back(opened(path));
  }

  /// None where it cannot be opened: reading its samples says why.
  static std::unique_ptr<FileReader> opened(const std::filesystem::path& path) {
    try {
      return std::make_unique<FileReader>(path);
    } catch (const UserError&) {
      return nullptr;
    }
  }

  CheckReport run() {
    for_each_waiting(
        source_.count(), [&](int64_t sample) { check(sample); }, options_.threads);
    for (const KeptChecksum& checksum : source_.kept_checksums()) {
      std::string trouble = trouble_with(source_, checksum);
      if (!trouble.empty()) report_.damaged.push_back(std::move(trouble));
    }
    std::sort(report_.bad.begin(), report_.bad.end(),
              [](const CheckReport::Bad& a, const CheckReport::Bad& b) { return a.sample < b.sample; });
    return std::move(report_);
  }

 private:
  void check(int64_t sample) {
    CheckedRecord checked{sample};
    ImageSize image;
    std::string problem;
    try {
      const std::vector<std::byte> record = read(sample);
      checked.bytes = static_cast<int64_t>(record.size());
      checked.checksum = record_checksum(record);
      if (source_.encoded_images()) {
        image = decode(sample, record);
      } else {
        unpack(sample, record);
      }
    } catch (const UserError& error) {
      problem = error.what();
    }
    const std::lock_guard lock(mutex_);
    ++done_;
    report_.bytes += checked.bytes;
    if (problem.empty()) {
      if (source_.encoded_images()) note_size({image.height, image.width});
      if (options_.on_record) options_.on_record(checked);
    } else {
      report_.bad.push_back({sample, problem});
    }
    if (options_.on_progress) options_.on_progress(done_, source_.count());
  }

  std::vector<std::byte> read(int64_t sample) const {
    std::vector<Extent> extents;
    source_.locate(sample, {}, extents);
    int64_t bytes = 0;
    for (const Extent& extent : extents) bytes += extent.bytes;
    std::vector<std::byte> record(static_cast<size_t>(bytes));
    std::span<std::byte> rest(record);
    for (const Extent& extent : extents) {
      const auto file = static_cast<size_t>(extent.file);
      const auto into = rest.first(static_cast<size_t>(extent.bytes));
      if (open_.empty() || open_[file] == nullptr) {
        FileReader(source_.files()[file]).read(extent.offset, into);
      } else {
        open_[file]->read(extent.offset, into);
      }
      rest = rest.subspan(into.size());
    }
    return record;
  }

  ImageSize decode(int64_t sample, std::span<const std::byte> record) {
    std::unique_ptr<ImageDecoder> decoder = take_decoder();
    const std::string name = source_.name(sample);
    ImageSize size;
    try {
      size = decoder->size(record, name);
      std::vector<std::byte> pixels(static_cast<size_t>(size.height * size.width * 3));
      const ImageTransform transform{size.height, size.width};
      const TensorType type{DType::u8, {size.height, size.width, 3}};
      decoder->decode(record, name, transform, {}, Region::all(type.shape), {pixels.data(), type});
    } catch (...) {
      give_back(std::move(decoder));
      throw;
    }
    give_back(std::move(decoder));
    return size;
  }
  /// Decoders keep their buffers: there are as many as threads ever decoded at once.
  std::unique_ptr<ImageDecoder> take_decoder() {
    const std::lock_guard lock(mutex_);
    if (decoders_.empty()) return std::make_unique<ImageDecoder>();
    std::unique_ptr<ImageDecoder> decoder = std::move(decoders_.back());
    decoders_.pop_back();
    return decoder;
  }
  void give_back(std::unique_ptr<ImageDecoder> decoder) {
    const std::lock_guard lock(mutex_);
    decoders_.push_back(std::move(decoder));
  }

  void unpack(int64_t sample, std::span<const std::byte> record) const {
    std::vector<std::vector<std::byte>> memory;
    std::vector<View> views;
    for (const Field& field : source_.fields()) {
      memory.emplace_back(static_cast<size_t>(field.type.bytes()));
      views.push_back({memory.back().data(), field.type});
    }
    source_.unpack(sample, {}, record, views);
  }

  void note_size(const Dims& size) {
    for (size_t d = 0; d < 2; ++d) {
      report_.largest[d] = std::max(report_.largest[d], size[d]);
      report_.smallest[d] = report_.smallest[d] == 0 ? size[d] : std::min(report_.smallest[d], size[d]);
    }
  }

  const Source& source_;
  const CheckOptions& options_;
  KeptOpen kept_open_;
  std::vector<std::unique_ptr<FileReader>> open_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<ImageDecoder>> decoders_;
  CheckReport report_;
  int64_t done_ = 0;
};

uint64_t mixed(uint64_t key, std::string_view text) {
  return record_checksum(std::as_bytes(std::span(text)), key);
}

}  // namespace

CheckReport check_samples(const Source& source, const CheckOptions& options) {
  return Checker(source, options).run();
}

uint64_t source_key(const Source& source) {
  uint64_t key = static_cast<uint64_t>(source.count());
  for (const Field& field : source.fields()) {
    key = mixed(key, field.name);
    key = mixed(key, to_string(field.type));
  }
  for (const std::filesystem::path& file : source.files()) key = mixed(key, file.filename().native());
  return key;
}

}  // namespace weft
