#pragma once
#include <cmath>
#include <string>

#include "weft/report/report.h"

namespace weft::testing {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline constexpr const char* kNasty = "<script>alert(\"x\")</script>&'";

inline constexpr const char* kHeldNasty = "held_bytes <script>alert(\"x\")</script>&'";

/// Every section filled, every text hostile.
inline ReportInput full_input() {
  ReportInput input;
  input.title = input.run.why = input.recipe = input.peak_op = input.sample = input.prompt = kNasty;
  input.priced_for = kNasty;
  input.sample_step = 2001;
  input.run.state = RunState::failed;
  input.run.steps = 3000;
  input.run.steps_per_epoch = 250;
  input.run.facts = {{kNasty, kNasty}};
  input.run.metrics = {{"accuracy", "more", true}};
  RunPart part;
  part.command = part.version = part.host = part.machine = part.mesh = kNasty;
  part.began = 1.7e9;
  input.run.parts = {part, part};
  input.run.parts[1].after_step = 700;
  input.ranks = {{kNasty, 100, 60, 10, 5, 5, 10}, {"other", 100, 70, 10, 0, 5, 10}};
  input.notes = {kNasty};
  for (int64_t step = 1; step <= 2001; ++step) {
    MetricsRow row;
    row.step = step;
    row.loss = 10.0 / static_cast<double>(step);
    if (step % 500 == 0) row.validation_loss = 0.75;
    row.learning_rate = 1e-3;
    row.step_ms = 200;
    row.samples_per_s = 40;
    row.tokens = step * 1000;
    row.more = {{"stall_ms", 2}, {"latency_ms_source", step < 100 ? 8.0 : std::nan("")}, {kHeldNasty, 4096}};
    row.bytes = {{"load_memory", 3072}, {"load_source", step < 100 ? 1024 : 0}};
    input.metrics.push_back(row);
  }
  input.ops = {{.name = kNasty,
                .kind = kNasty,
                .phase = kNasty,
                .work = kNasty,
                .calls = 3,
                .total_ms = 25,
                .predicted_ms = 20,
                .ceiling_ms = 15,
                .least_ms = 5,
                .flops = 50'000'000'000,
                .least_bytes = 500'000'000,
                .bytes = 1'000'000'000},
               {.name = "gelu", .kind = "pointwise", .phase = "forward", .calls = 1, .total_ms = 75}};
  input.memory = {{0, 1024}, {1, 4096}, {2, 512}};
  input.planned_bytes = 8192;
  input.bytes = {{kNasty, 1000, 1000}, {"halo", 0, 7}, {"storage", 1000, 1015}, {"reduce", 1000, 999}};
  return input;
}

}  // namespace weft::testing
