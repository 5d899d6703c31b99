#include "weft/params/checkpoint_hand_in.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "weft/base/check.h"
#include "weft/store/durable_file.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWritten = "written";
constexpr std::string_view kChecked = "checked";
constexpr char kFailed = '!';  // marks a note as an error message
constexpr std::chrono::milliseconds kLook{5};
constexpr std::chrono::milliseconds kLookSeldom{200};
constexpr int64_t kSlowest = int64_t{4} << 20;  // bytes a second that a rank reads back at least

/// The note's text behind its first line, which names the attempt; nothing where it is not there, or
/// another's.
std::optional<std::string> read_note(const fs::path& path, const std::string& attempt) {
  std::ifstream file(path);
  std::string first;
  if (!file || !std::getline(file, first) || first != attempt) return std::nullopt;
  std::ostringstream rest;
  rest << file.rdbuf();
  return rest.str();
}

}  // namespace

HandIn::HandIn(fs::path folder, std::string attempt, int rank, int ranks, std::chrono::seconds patience)
    : folder_(std::move(folder)),
      attempt_(std::move(attempt)),
      rank_(rank),
      ranks_(ranks),
      patience_(patience) {}

fs::path HandIn::note(int rank, std::string_view what) const {
  return folder_ / fmt::format("rank-{:05}.{}", rank, what);
}

void HandIn::leave(std::string_view what, const std::string& text) const {
  DurableFile file(note(rank_, what));
  file.append(attempt_ + "\n" + text);
  file.finish();
}

void HandIn::hand_in(const ShardSummary& shard) {
  leave(kWritten, shard.to_text());
  has_handed_in_ = true;
}

void HandIn::fail(const std::string& why) const noexcept {
  if (ranks_ == 1) return;
  try {
    std::error_code ignored;
    fs::create_directories(folder_, ignored);
    leave(kWritten, kFailed + why);
    leave(kChecked, kFailed + why);
  } catch (const std::exception&) {
    // The others find out by their patience.
  }
}

/// Bytes of that rank's file so far. A killed attempt may have left another, or a part of one.
int64_t HandIn::written_by(int rank) const {
  const fs::path file = folder_ / shard_name(rank, ranks_);
  int64_t all = 0;
  for (const fs::path& path : {file, PartFile::part_of(file)}) {
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    if (!error) all += static_cast<int64_t>(bytes);
  }
  return all;
}

/// `work`: how long the rank may need for what nobody sees grow.
std::string HandIn::wait_for(int rank, std::string_view what, std::chrono::seconds work) const {
  auto began = std::chrono::steady_clock::now();
  int64_t bytes = 0;
  while (true) {
    if (std::optional<std::string> text = read_note(note(rank, what), attempt_)) {
      if (text->empty() || text->front() != kFailed) return *std::move(text);
      throw UserError(text->substr(1));
    }
    std::error_code unseen;
    if (has_handed_in_ && !fs::exists(note(rank_, kWritten), unseen) && !unseen) {
      user_error("checkpoint {}: its files were removed while it was written; only the run may change it",
                 folder_.string());
    }
    const auto now = std::chrono::steady_clock::now();
    if (std::exchange(bytes, written_by(rank)) != bytes) began = now;
    if (now - began > patience_ + work) {
      user_error(
          "checkpoint {}: nothing of rank {} was to be seen there within {} s; is the folder on a disk that "
          "all hosts share?",
          folder_.string(), rank, (patience_ + work).count());
    }
    std::this_thread::sleep_for(now - began < std::chrono::seconds(1) ? kLook : kLookSeldom);
  }
}

void HandIn::wait_for_commit() const {
  const auto began = std::chrono::steady_clock::now();
  const auto has_failed = [&] {
    const std::optional<std::string> text = read_note(note(0, kWritten), attempt_);
    return text && text->starts_with(kFailed);
  };
  std::error_code ignored;
  while (std::chrono::steady_clock::now() - began < patience_ && fs::exists(folder_, ignored) &&
         !has_failed()) {
    std::this_thread::sleep_for(kLook);
  }
}

void HandIn::check_neighbour(Pace* pace) const {
  const int next = (rank_ + 1) % ranks_;
  check_shard(folder_, ShardSummary::from_text(wait_for(next, kWritten, {})), pace);
  leave(kChecked, "");
}

std::vector<ShardSummary> HandIn::collect() const {
  std::vector<ShardSummary> shards;
  for (int rank = 0; rank < ranks_; ++rank) {
    shards.push_back(ShardSummary::from_text(wait_for(rank, kWritten, {})));
  }
  for (int rank = 0; rank < ranks_; ++rank) {
    const ShardSummary& checked = shards[static_cast<size_t>((rank + 1) % ranks_)];
    wait_for(rank, kChecked, std::chrono::seconds(checked.bytes / kSlowest));
  }
  return shards;
}

}  // namespace weft
