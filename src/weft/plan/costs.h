#pragma once
// What a step costs on this rank, all of it and by its parts.
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "weft/base/natural_order.h"
#include "weft/plan/program.h"

namespace weft {

/// Predicted, as the instructions have it: sums of their prices.
struct Cost {
  double flops = 0;
  int64_t least_bytes = 0;
  int64_t moved_bytes = 0;
  int64_t network_bytes = 0;
  double ms = 0;
  double ceiling_ms = 0;
  double least_ms = 0;
  std::array<double, 4> ms_by_bound{};  ///< by Bound

  void add(const Price& price, int64_t times = 1);
  void add(const Cost& other);
  double ms_of(Bound bound) const { return ms_by_bound[static_cast<size_t>(bound)]; }
};

/// A part of a whole in percent; 0 where there is no whole. With the time taken as the whole it tells two
/// things: Of ceiling_ms: what is reached of the ceiling that binds the work, or of its parts each. Of
/// least_ms: the memory usage efficiency of Ivanov et al. (MLSys 2021, equation 1), the least bytes over
/// those moved, times the bandwidth that was reached over that of the memory. The bytes moved cancel.
double percent_of(double part, double whole);

/// One line of a table.
struct PartCost {
  Cost cost;
  int64_t parameters = 0;  ///< over all ranks
};
/// By name, as people sort.
using CostTable = std::map<std::string, PartCost, NaturalOrder>;

/// How often a segment runs in a step of so many microbatches: a segment that is called is no part of it.
int64_t runs_in_step(const Segment& segment, int64_t microbatches);

/// A step of so many microbatches.
Cost cost_of_step(const Program& program, int64_t microbatches);
/// By the part of the model that instructions and parameters are named after: see layer_of().
CostTable cost_by_layer(const Program& program, int64_t microbatches);
/// By what is computed: the names of the ops.
CostTable cost_by_op(const Program& program, int64_t microbatches);

/// By the class of the work.
std::map<WorkClass, Cost> cost_by_class(const Program& program, int64_t microbatches);

/// "h.3" of "h.3.mlp.proj.weight": a name up to its first number, else its first part. Empty of an empty one.
std::string layer_of(std::string_view label);

}  // namespace weft
