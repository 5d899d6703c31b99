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

/// Empty for what would read as 0.
std::string signed_number(double number) {
  const std::string text = fmt::format("{:+.2f}", number);
  return text.substr(1) == "0.00" ? std::string() : text;
}

std::string row(const StageReport& report) {
  if (report.skipped) return fmt::format("{:<18} skipped\n", report.stage);
  const std::string did = report.gain == 0 ? "nothing" : fmt::format("{} {}", report.gain, report.counts);
  const GraphTotals& before = report.before;
  const GraphTotals& after = report.after;
  const int64_t nodes = after.nodes - before.nodes;
  return fmt::format("{:<18} {:<52} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8.1f}\n", report.stage, did,
                     nodes == 0 ? std::string() : fmt::format("{:+}", nodes),
                     signed_number((after.flops - before.flops) * 1e-6),
                     signed_bytes(after.moved_bytes - before.moved_bytes),
                     signed_bytes(after.sent_bytes - before.sent_bytes),
                     signed_bytes(after.held_bytes - before.held_bytes), signed_number(after.ms - before.ms),
                     report.took_ms);
}

std::string example_text(const PassExample& example) {
  if (example.before == nullptr) return {};
  GraphBuilder build;
  example.before(build);
  const std::string with = example.with.empty() ? std::string() : fmt::format("With {}:\n\n", example.with);
  return fmt::format("\n{}```\n{}```\n\nbecomes\n\n```\n{}```\n", with, to_text(std::move(build).build()),
                     example.after);
}

std::string description(const Stage& stage) {
  const PassDescription& about = stage.about;
  std::string text = fmt::format("\n## {}\n\n{}\n\n", about.name, about.summary);
  text +=
      fmt::format("- Needs: {}\n- Promises: {}\n- Stands: {}\n", about.needs, about.promises, about.place);
  text += fmt::format("- Counts: {}\n", about.counts);
  if (!stage.always.empty()) text += fmt::format("- Cannot be left out, because {}.\n", stage.always);
  return text + example_text(about.example);
}

}  // namespace

std::string stage_table(const Plan& plan) {
  std::string text =
      fmt::format("{:<18} {:<52} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8}\n", "stage", "what it changed",
                  "nodes", "Mflop", "moved", "sent", "held", "ms", "took ms");
  for (const StageReport& report : plan.stages) text += row(report);
  return text;
}

std::string stage_reference() {
  std::string text =
      "# Stages of planning\n\n"
      "Printed by `weft plan --list-passes` from what the stages say of themselves; a test runs every "
      "example. The list is\n"
      "in `src/weft/plan/pipeline.cpp`, in this order. A pass is left out with `weft plan --skip NAME`.\n";
  for (const Stage& stage : planning_stages()) text += description(stage);
  return text;
}

}  // namespace weft
