#pragma once
// What a machine can do, measured by `weft probe` or described in a file, and what work costs on it. The
// planner, the prefetcher and the simulator ask this and nothing else.
#include <cstdint>
#include <filesystem>
#include <string>

#include "weft/tensor/dtype.h"

namespace weft {

/// Rates of one rank with its threads.
struct Machine {
  std::string name = "default";
  double f32_gflops = 200;
  double bf16_gflops = 400;
  double f64_gflops = 10;
  double memory_gbps = 30;        ///< sustained, reads and writes together
  double network_latency_us = 2;  ///< alpha
  double network_gbps = 5;        ///< 1 / beta
  double launch_us = 1;           ///< of one instruction
};

/// Reads a description (JSON; every key optional). UserError naming the file and the key.
Machine read_machine(const std::filesystem::path& path);
std::string to_json(const Machine& machine);

/// The two sides of the roofline.
double arithmetic_ms(const Machine& machine, DType dtype, double flops);
double memory_ms(const Machine& machine, int64_t bytes);
/// Roofline: the slower of arithmetic and memory, plus the launch.
double compute_ms(const Machine& machine, DType dtype, double flops, int64_t bytes);
/// alpha-beta: `messages` latencies and the bytes that this rank sends.
double network_ms(const Machine& machine, int messages, int64_t bytes);

}  // namespace weft
