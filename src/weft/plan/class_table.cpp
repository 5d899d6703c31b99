#include "weft/plan/class_table.h"

#include <fmt/format.h>

#include "weft/base/byte_size.h"

namespace weft {

namespace {

std::string row(std::string_view name, const Cost& cost, const Cost& all) {
  const auto moved = static_cast<double>(cost.moved_bytes);
  return fmt::format("{:<16} {:>10.2f} {:>9} {:>9} {:>9} {:>10.3f} {:>6.1f} {:>7.1f} {:>9.1f} {:>6.1f}\n",
                     name, cost.flops * 1e-9, format_bytes(cost.least_bytes), format_bytes(cost.moved_bytes),
                     cost.moved_bytes > 0 ? fmt::format("{:.1f}", cost.flops / moved) : "", cost.ms,
                     percent_of(cost.ms, all.ms), percent_of(moved, static_cast<double>(all.moved_bytes)),
                     percent_of(cost.ceiling_ms, cost.ms), percent_of(cost.least_ms, cost.ms));
}

}  // namespace

std::string class_table(const std::map<WorkClass, Cost>& classes) {
  Cost all;
  for (const auto& [work, cost] : classes) all.add(cost);
  std::string text =
      fmt::format("{:<16} {:>10} {:>9} {:>9} {:>9} {:>10} {:>6} {:>7} {:>9} {:>6}\n", "class of work",
                  "Gflop", "least", "moved", "flop/byte", "ms", "% ms", "% moved", "% ceiling", "MUE");
  for (const auto& [work, cost] : classes) text += row(name_of(work), cost, all);
  return text + row("a step", all, all);
}

}  // namespace weft
