#include "weft/machine/measured_on.h"

#include <fmt/format.h>

#include "weft/base/plural.h"

namespace weft {

namespace {

std::string named(const std::string& text) { return text.empty() ? "an unknown one" : text; }

std::string counted(const std::optional<int>& count) {
  return count ? std::to_string(*count) : "an unknown number";
}

}  // namespace

std::string difference(const MeasuredOn& there, const MeasuredOn& here) {
  const auto texts = [](const char* what, const std::string& one, const std::string& other) {
    return fmt::format("{} {}, and here is {}", what, named(one), named(other));
  };
  const auto numbers = [](const char* what, const std::optional<int>& one, const std::optional<int>& other) {
    return fmt::format("{} {}, and here {}", counted(one), what, counted(other));
  };
  if (there.cpu != here.cpu) return texts("the processor", there.cpu, here.cpu);
  if (there.cores != here.cores) return numbers("cores", there.cores, here.cores);
  if (there.ranks != here.ranks) return numbers("ranks on a host", there.ranks, here.ranks);
  if (there.threads != here.threads) return numbers("threads a rank", there.threads, here.threads);
  if (there.onednn != here.onednn) return texts("oneDNN", there.onednn, here.onednn);
  return "";
}

std::string ranks_and_threads(const MeasuredOn& where) {
  if (!where.ranks || !where.threads) return "";
  return fmt::format("{} of {}", plural(*where.ranks, "rank"), plural(*where.threads, "thread"));
}

}  // namespace weft
