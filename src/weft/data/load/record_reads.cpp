#include "weft/data/load/record_reads.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

ReadEnd end_of(const RecordFetch::Reading& reading) {
  if (reading.error != 0) return {ReadEnd::Kind::system_error, reading.error};
  return {reading.bytes_left != 0 ? ReadEnd::Kind::too_short : ReadEnd::Kind::whole};
}

}  // namespace

std::string ReadEnd::why() const {
  switch (kind) {
    case Kind::too_short:
      return "it ends too early";
    case Kind::other_bytes:
      return "its bytes are not those that data.checksums has";
    case Kind::system_error:
      return std::strerror(error_number);
    case Kind::whole:
      break;
  }
  internal_error(__FILE__, __LINE__, "a whole record is no failure");
}

bool ReadEnd::may_pass() const {
  return kind != Kind::system_error || (error_number != ENOENT && error_number != EACCES);
}

RecordReads::RecordReads(AsyncReader& reader, const Source& source)
    : reader_(reader), source_(source), kept_open_(std::ssize(source.files())) {
  if (kept_open_.granted()) open_files_.assign(source.files().size(), -1);
}

RecordReads::~RecordReads() {
  for (const int file : open_files_) {
    if (file >= 0) close(file);
  }
}

RecordReads::Begun RecordReads::read_source(const FetchPtr& fetch, std::span<const Extent> extents) {
  if (extents.empty()) return Begun::nothing_to_read;
  fetch->reading = {std::ssize(extents), fetch->bytes, 0};
  std::byte* into = fetch->buffer->bytes().data();
  for (const Extent& extent : extents) {
    ReadTask task;
    task.path = source_.files()[static_cast<size_t>(extent.file)].c_str();
    if (!open_files_.empty()) {
      int& file = open_files_[static_cast<size_t>(extent.file)];
      if (file < 0) file = open(task.path, O_RDONLY | O_CLOEXEC);
      if (file >= 0) task.path = nullptr;  // else the read fails with the reason
      task.file = file;
    }
    task.offset = extent.offset;
    task.bytes = extent.bytes;
    task.into = into;
    into += extent.bytes;
    submit(fetch, task);
  }
  return Begun::under_way;
}

void RecordReads::read_tier(const FetchPtr& fetch, const ReadTask& task) {
  fetch->reading = {1, fetch->bytes, 0};
  ReadTask whole = task;
  whole.bytes = fetch->bytes;
  whole.into = fetch->buffer->bytes().data();
  submit(fetch, whole);
}

void RecordReads::submit(const FetchPtr& fetch, ReadTask task) {
  task.id = next_id_++;
  reads_.emplace(task.id, fetch);
  reader_.submit(task);
}

bool RecordReads::collect(double ms, const Ended& ended) {
  if (reads_.empty()) return false;
  results_.clear();
  reader_.collect(results_, ms);
  for (const ReadResult& result : results_) {
    const auto found = reads_.find(result.id);
    const FetchPtr fetch = found->second;
    reads_.erase(found);
    RecordFetch::Reading& reading = fetch->reading;
    if (result.error != 0) reading.error = result.error;
    reading.bytes_left -= result.bytes;
    if (--reading.requests_left == 0) ended(fetch, end_of(reading));
  }
  return !results_.empty();
}

}  // namespace weft
