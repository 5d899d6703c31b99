#include "weft/probe/probe_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/report/text.h"

namespace weft {

std::string probe_table(const Probe& probe) {
  const MeasuredOn& where = probe.machine.measured_on;
  std::string text = fmt::format("{}: {}, {}, oneDNN {}, {}\n\n", probe.machine.name,
                                 where.cpu.empty() ? "a processor without a name" : where.cpu,
                                 ranks_and_threads(where), where.onednn, where.date);
  size_t widest = 0;
  for (const ProbedRate& rate : probe.rates) widest = std::max(widest, rate.title.size());
  text += fmt::format("{:<{}}  {:>8} {:<9} {:>7} {:>7}\n", "rate", widest, "median", "", "spread", "rounds");
  for (const ProbedRate& rate : probe.rates) {
    const Figure& figure = rate.figure;
    text += fmt::format("{:<{}}  {:>8} {:<9} {:>6.0f}% {:>7}\n", rate.title, widest,
                        human_number(figure.median), rate.unit, 100 * figure.spread, figure.rounds);
  }
  return text;
}

}  // namespace weft
