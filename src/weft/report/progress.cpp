#include "weft/report/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace weft {

namespace {

bool on_terminal() { return isatty(STDERR_FILENO) != 0; }

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

Progress::Progress(int64_t steps, int64_t done) : steps_(steps), first_(done) {}

void Progress::show(int64_t step, double loss, const std::string& more, double samples_per_s,
                    const std::string& unit) {
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began_;
  const int64_t made = step - first_;
  const double left =
      made > 0 ? spent.count() / static_cast<double>(made) * static_cast<double>(steps_ - step) : 0;
  const std::string text = fmt::format("step {:>{}}/{}  loss {:.4f}{}  {:.0f} {}/s  {} left", step,
                                       fmt::formatted_size("{}", steps_), steps_, loss, more, samples_per_s,
                                       unit, clock_text(left));
  const bool last = step == steps_;
  if (on_terminal()) {
    put_line(fmt::format("\r\x1b[K{}{}", text, last ? "\n" : ""));
  } else {
    put_line(text + "\n");
  }
  std::fflush(stderr);
}

void Progress::say(const std::string& text) {
  put_line((on_terminal() ? "\r\x1b[K" : "") + text + "\n");
  std::fflush(stderr);
}

}  // namespace weft
