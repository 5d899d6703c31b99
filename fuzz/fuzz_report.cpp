// Any bytes are a run's record and log (apart from each other by a byte of 0) or a UserError, and what was
// read can be drawn.
#include <cstdint>
#include <string_view>

#include "weft/base/check.h"
#include "weft/report/facts.h"
#include "weft/report/metrics_log.h"
#include "weft/report/run_overview.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), count);
  const size_t zero = text.find('\0');
  try {
    weft::ReportInput input = weft::report_facts_from(text.substr(0, zero), "report.json");
    if (zero != std::string_view::npos)
      input.metrics = weft::metrics_from(text.substr(zero + 1), "metrics.jsonl");
    weft::report_html(input);
    weft::overview_table({weft::overview_of("run", input)});
  } catch (const weft::UserError&) {
    return 0;
  }
  return 0;
}
