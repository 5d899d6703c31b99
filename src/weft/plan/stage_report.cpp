// What stages say of themselves, and what they did.
#include <fmt/format.h>

#include "weft/base/byte_size.h"
#include "weft/plan/pipeline.h"

namespace weft {

namespace {

std::string signed_bytes(int64_t bytes) {
  if (bytes == 0) return {};
  return (bytes < 0 ? "-" : "+") + format_bytes(bytes < 0 ? -bytes : bytes);
}

std::string row(const StageReport& report) {
  if (report.skipped) return fmt::format("{:<18} skipped\n", report.stage);
  const std::string did = report.gain == 0 ? "nothing" : fmt::format("{} {}", report.gain, report.counts);
  const int64_t nodes = report.after.nodes - report.before.nodes;
  const double flops = report.after.flops - report.before.flops;
  return fmt::format("{:<18} {:<52} {:>6} {:>10} {:>10} {:>10} {:>10} {:>7.1f}\n", report.stage, did,
                     nodes == 0 ? std::string() : fmt::format("{:+}", nodes),
                     flops == 0 ? std::string() : fmt::format("{:+.2f}", flops * 1e-6),
                     signed_bytes(report.after.moved_bytes - report.before.moved_bytes),
                     signed_bytes(report.after.held_bytes - report.before.held_bytes),
                     signed_bytes(report.after.sent_bytes - report.before.sent_bytes), report.ms);
}

void describe(const Stage& stage, std::string& text) {
  const PassDescription& about = stage.about;
  text += fmt::format("\n## {}\n\n{}\n\n", about.name, about.summary);
  text +=
      fmt::format("- Needs: {}\n- Promises: {}\n- Stands: {}\n", about.needs, about.promises, about.place);
  text += fmt::format("- Counts: {}\n", about.counts);
  if (!stage.always.empty()) text += fmt::format("- Cannot be left out, because {}.\n", stage.always);
  if (about.example.before.empty()) return;
  text += about.example.with.empty() ? std::string("\n") : fmt::format("\nWith {}:\n\n", about.example.with);
  text += fmt::format("```\n{}```\n\nbecomes\n\n```\n{}```\n", about.example.before, about.example.after);
}

}  // namespace

std::string stage_table(const Plan& plan) {
  std::string text = fmt::format("{:<18} {:<52} {:>6} {:>10} {:>10} {:>10} {:>10} {:>7}\n", "stage",
                                 "what it changed", "nodes", "Mflop", "moved", "held", "sent", "ms");
  for (const StageReport& report : plan.stages) text += row(report);
  return text;
}

std::string stage_reference() {
  std::string text =
      "# Stages of planning\n\n"
      "Printed by `weft plan --list-passes` from what the stages say of themselves; a test runs every "
      "example. The list is\n"
      "in `src/weft/plan/pipeline.cpp`, in this order. A pass is left out with `--skip NAME`.\n";
  for (const Stage& stage : planning_stages()) describe(stage, text);
  return text;
}

}  // namespace weft
