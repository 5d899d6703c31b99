#include "weft/report/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "weft/base/printable.h"
#include "weft/base/terminal.h"

namespace weft {

namespace {

bool on_terminal() { return is_terminal(STDERR_FILENO); }

/// A terminal that is gone, or a full disk behind a pipe, must not end a run: what is said is said as far as
/// it can be.
void put_line(const std::string& text) {
  [[maybe_unused]] const int ignored = std::fputs(text.c_str(), stderr);
}

}  // namespace

std::string clock_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

Progress::Progress(int64_t steps, int64_t done, double units_a_step, std::string unit, Clock::time_point now)
    : steps_(steps),
      first_(done),
      units_a_step_(units_a_step),
      unit_(std::move(unit)),
      began_(now),
      kept_step_(done),
      kept_at_(now) {}

std::string Progress::line(int64_t step, double loss, const std::string& more, bool kept,
                           Clock::time_point now) {
  const auto seconds = [&](Clock::time_point since) {
    return std::max(std::chrono::duration<double>(now - since).count(), 1e-9);
  };
  const double rate = static_cast<double>(step - kept_step_) * units_a_step_ / seconds(kept_at_);
  const auto made = static_cast<double>(std::max<int64_t>(1, step - first_));
  const double left = seconds(began_) / made * static_cast<double>(steps_ - step);
  if (kept) {
    kept_step_ = step;
    kept_at_ = now;
  }
  return fmt::format(
      "step {:>{}}/{}  loss {}{}  {:.0f} {}/s  {} left", step, fmt::formatted_size("{}", steps_), steps_,
      std::isfinite(loss) ? fmt::format("{:.4f}", loss) : "–", more, rate, unit_, clock_text(left));
}

void Progress::show(int64_t step, double loss, const std::string& more, bool kept) {
  constexpr std::chrono::milliseconds kOften{200};
  const Clock::time_point now = Clock::now();
  if (!kept && (!on_terminal() || now - shown_at_ < kOften)) return;
  shown_at_ = now;
  const std::string text = line(step, loss, more, kept, now);
  put_line(fmt::format("{}{}{}", on_terminal() ? "\r\x1b[K" : "", text, kept ? "\n" : ""));
  std::fflush(stderr);
}

void Progress::say(const std::string& text) {
  put_line((on_terminal() ? "\r\x1b[K" : "") + printable(text) + "\n");
  std::fflush(stderr);
}

}  // namespace weft
