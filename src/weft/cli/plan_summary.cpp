#include "weft/cli/plan_summary.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "weft/base/alignment.h"
#include "weft/base/byte_size.h"
#include "weft/models/model.h"
#include "weft/params/checkpoint_snapshot.h"
#include "weft/params/parameters.h"
#include "weft/plan/class_table.h"
#include "weft/plan/costs.h"

namespace weft {

namespace {

constexpr size_t kNameWidth = 32;

std::string short_count(int64_t count) {
  const auto number = static_cast<double>(count);
  if (count >= 1'000'000'000) return fmt::format("{:.2f} G", number * 1e-9);
  if (count >= 1'000'000) return fmt::format("{:.1f} M", number * 1e-6);
  if (count >= 10'000) return fmt::format("{:.1f} k", number * 1e-3);
  return fmt::format("{}", count);
}

int64_t bytes_of_states(const Program& program, bool (*is_meant)(const StateKind&)) {
  int64_t bytes = 0;
  for (const std::string& name : program.states) {
    const NamedSlot& named = program.named.at(name);
    if (is_meant(named.state_kind)) bytes += aligned(named.slot.type.bytes());
  }
  return bytes;
}

struct MemoryLine {
  const char* name;
  int64_t bytes;
  const char* about;
};

std::string memory_text(const Recipe& recipe, const Program& program) {
  const auto states = [&](auto is_meant) { return bytes_of_states(program, is_meant); };
  const bool is_copied = recipe.checkpoint.wants_copy(program.mesh.ranks() > 1);
  const int64_t snapshot = is_copied ? snapshot_bytes(program) : 0;
  const MemoryLine lines[] = {
      {"weights", states([](const StateKind& kind) { return kind == kParameter; }), ""},
      {"optimizer state", states([](const StateKind& kind) {
         return is_kept(kind) && kind != kParameter && kind != kBuffer && kind != kGradientSum;
       }),
       ""},
      {"running statistics", states([](const StateKind& kind) { return kind == kBuffer; }), ""},
      {"sums of gradients", states([](const StateKind& kind) { return kind == kGradientSum; }),
       "of the microbatches of a step"},
      {"weights in other forms", states([](const StateKind& kind) { return !is_kept(kind); }),
       "made anew each step, for fast products"},
      {"batch", program.input_bytes, "what the network is given"},
      {"working memory", program.arena_bytes - program.input_bytes, "activations and gradients"},
      {"checkpoint's copy", snapshot, "that training goes on beside; checkpoint.asynchronous"},
  };
  std::string text = fmt::format("memory of a rank: {}\n", format_bytes(program.memory_bytes() + snapshot));
  for (const MemoryLine& line : lines) {
    if (line.bytes == 0) continue;
    text += fmt::format("  {:<24} {:>9}  {}", line.name, format_bytes(line.bytes), line.about);
    text.resize(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

std::string bounds_text(const Cost& cost) {
  std::string text;
  for (const Bound bound : {Bound::arithmetic, Bound::memory, Bound::network}) {
    const double percent = percent_of(cost.ms_of(bound), cost.ms);
    if (percent < 0.5) continue;
    text += fmt::format("{}{:.0f}% bound by {}", text.empty() ? "" : ", ", percent, name_of(bound));
  }
  return text;
}

std::string row(const std::string& name, const PartCost& part, double step_ms) {
  const Cost& cost = part.cost;
  std::string text = fmt::format(
      "{:<{}} {:>10} {:>12.2f} {:>9} {:>9} {:>10.3f} {:>5.1f}", cut_short(name, kNameWidth - 3), kNameWidth,
      part.parameters == 0 ? "" : short_count(part.parameters), cost.flops * 1e-9,
      cost.moved_bytes == 0 ? "" : format_bytes(cost.moved_bytes),
      cost.network_bytes == 0 ? "" : format_bytes(cost.network_bytes), cost.ms, percent_of(cost.ms, step_ms));
  return text + "\n";
}

void add(PartCost& sum, const PartCost& part) {
  sum.parameters += part.parameters;
  sum.cost.add(part.cost);
}

bool are_alike(const PartCost& a, const PartCost& b) {
  return a.parameters == b.parameters && a.cost.moved_bytes == b.cost.moved_bytes &&
         a.cost.network_bytes == b.cost.network_bytes &&
         std::abs(a.cost.flops - b.cost.flops) <= 1e-9 * a.cost.flops &&
         std::abs(a.cost.ms - b.cost.ms) <= 1e-9 * a.cost.ms;
}

/// "h" of "h.3": parts of one stem are numbered.
std::string_view stem_of(std::string_view name) {
  return name.substr(0, name.find_last_not_of("0123456789") + 1);
}

/// Parts of one stem that are alike and follow each other.
struct Run {
  std::string first, last;
  int64_t count = 0;
  PartCost one, sum;
};

std::vector<Run> runs_of(const CostTable& table) {
  std::vector<Run> runs;
  for (const auto& [name, part] : table) {
    const bool goes_on = !runs.empty() && stem_of(name) != name &&
                         stem_of(name) == stem_of(runs.back().last) && are_alike(runs.back().one, part);
    if (!goes_on) runs.push_back({name, name, 0, part, {}});
    runs.back().last = name;
    ++runs.back().count;
    add(runs.back().sum, part);
  }
  return runs;
}

std::string table_text(const char* what, const CostTable& table, double step_ms) {
  std::string text = fmt::format("{:<{}} {:>10} {:>12} {:>9} {:>9} {:>10} {:>5}\n", what, kNameWidth,
                                 "parameters", "Gflop", "moved", "sent", "ms", "%");
  PartCost total;
  for (const Run& run : runs_of(table)) {
    const std::string name = run.count == 1
                                 ? (run.first.empty() ? "(none)" : run.first)
                                 : fmt::format("{} to {}, {} alike", run.first, run.last, run.count);
    text += row(name, run.sum, step_ms);
    add(total, run.sum);
  }
  return text + row("a step", total, step_ms);
}

}  // namespace

std::string plan_summary(const Recipe& recipe, const Program& program) {
  const int64_t microbatches = recipe.optimizer.accumulate;
  const Cost step = cost_of_step(program, microbatches);
  std::string text =
      fmt::format("{}: {} parameters; mesh {}; {} samples a step{}\n", recipe.model.kind->name(),
                  program.parameters(), program.mesh.to_string(), recipe.data.batch,
                  microbatches == 1 ? "" : fmt::format(" in {} microbatches", microbatches));
  text += memory_text(recipe, program);
  text += fmt::format("a step on a rank: {:.2f} ms predicted; {}\n", step.ms, bounds_text(step));
  text += fmt::format("  {:.2f} Gflop; {} moved to and from memory; {} sent to other ranks\n",
                      step.flops * 1e-9, format_bytes(step.moved_bytes), format_bytes(step.network_bytes));
  return text;
}

std::string cost_tables(const Recipe& recipe, const Program& program) {
  const int64_t microbatches = recipe.optimizer.accumulate;
  const double ms = cost_of_step(program, microbatches).ms;
  return table_text("part of the model", cost_by_layer(program, microbatches), ms) + "\n" +
         table_text("what is computed", cost_by_op(program, microbatches), ms) + "\n" +
         class_table(cost_by_class(program, microbatches));
}

}  // namespace weft
