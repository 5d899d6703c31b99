#include "weft/train/guard/hang_watch.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "weft/base/check.h"
#include "weft/base/patience.h"

namespace weft {

namespace {

constexpr std::chrono::milliseconds kHangs = std::chrono::minutes(5);
constexpr double kMostSeconds = 1e9;
constexpr int kPatientLimits = 12;  // that pass where there is patience

}  // namespace

std::chrono::milliseconds hang_limit() {
  const char* const set = std::getenv("WEFT_HANG_SECONDS");
  if (set == nullptr) return kHangs;
  const std::string_view text(set);
  double seconds = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() ||
      !(seconds >= 0 && seconds <= kMostSeconds)) {
    user_error("WEFT_HANG_SECONDS={}: expected a number of seconds, or 0 for no limit", text);
  }
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

HangWatch::HangWatch(const Executor& executor, const Communicator& world)
    : executor_(executor), rank_(world.rank()), limit_(hang_limit()) {
  if (world.size() == 1 || limit_.count() == 0) return;
  // Time in data and evaluation counts too: nothing of it takes minutes.
  watchdog_.emplace([this] { return pulse(); }, limit_, [this] { end_job(); });
}

/// What changes while nothing hangs: the time itself while there is patience.
int64_t HangWatch::pulse() {
  const Clock::time_point now = Clock::now();
  const bool was_patient = std::exchange(is_patient_, Patience::is_held());
  if (!is_patient_) return executor_.instructions_started();
  if (!was_patient) patient_since_ = now;
  const std::chrono::duration<double> most = (kPatientLimits - 1) * std::chrono::duration<double>(limit_);
  return now - patient_since_ < most ? now.time_since_epoch().count() : executor_.instructions_started();
}

void HangWatch::end_job() const {
  const std::string instruction = executor_.running();
  fmt::print(stderr,
             "weft: rank {}: no instruction ended for {} s; it is in {}; ending the job, go on from the last "
             "checkpoint\n",
             rank_, static_cast<double>(limit_.count()) / 1000 * (is_patient_ ? kPatientLimits : 1),
             instruction.empty() ? std::string(doing_.load()) : instruction);
  std::fflush(nullptr);
  std::_Exit(1);  // not MPI_Abort: this is no thread of MPI's
}

}  // namespace weft
