// Of ops/, kernels/: every op on the reference device, whose kernels are the definitions in f64, beside the
// cpu: forward and backward, in every dtype that the op takes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/ops/case_graph.h"

namespace weft::testing {
namespace {

/// Each node rounds its result once on both devices, and a gradient passes a few nodes; see
/// precision_test.cpp.
double tolerance_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return 1e-12;
    case DType::bf16:
      return 16.0 / 512;
    default:
      return 16.0 / 16777216;
  }
}

void compare(const CaseGraph& made, uint64_t seed, double tolerance) {
  Interpreter cpu(made.graph, device_named("cpu"));
  Interpreter reference(made.graph, device_named("reference"));
  for (Interpreter* run : {&cpu, &reference}) {
    feed(*run, made, seed);
    run->run();
  }
  std::vector<ValueId> ids = made.results;
  for (const auto& id : made.gradients) {
    if (id) ids.push_back(*id);
  }
  for (const ValueId id : ids) {
    const std::vector<double> wanted = reference.get(id);
    const std::vector<double> got = cpu.get(id);
    double largest = 1;
    for (const double value : wanted) largest = std::max(largest, std::abs(value));
    for (size_t e = 0; e < got.size(); ++e) {
      ASSERT_NEAR(got[e], wanted[e], tolerance * largest) << "value " << id.index << "[" << e << "]";
    }
  }
}

TEST(EveryOp, GivesOnTheCpuWhatTheReferenceGives) {
  const OpRegistry registry = all_ops();
  for_every_case(registry, 8, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    for (const DType dtype : {DType::f64, DType::f32, DType::bf16}) {
      SCOPED_TRACE(name + " seed " + std::to_string(seed) + " " + std::string(name_of(dtype)));
      std::vector<DType> dtypes = dtypes_of(op_case);
      for (DType& each : dtypes) each = is_floating(each) ? dtype : each;
      std::optional<CaseGraph> made;
      try {
        made = case_graph(op_case, dtypes);
      } catch (const UserError&) {
        continue;  // bf16 where the op wants statistics in f32
      }
      compare(*made, seed, tolerance_of(dtype));
    }
  });
}

TEST(Reference, HasAKernelForEveryOpButFormsForSpeed) {
  const OpRegistry registry = all_ops();
  const Device& cpu = device_named("cpu");
  const Device& reference = device_named("reference");
  for (const auto& [name, prototype] : registry.prototypes()) {
    // What passes make only for a device that has it; the reference has none.
    const bool for_speed = name == "pack_weight" || name == "packed_matmul" || name == "staged";
    EXPECT_EQ(cpu.has(name), true) << name;
    EXPECT_EQ(reference.has(name), !for_speed) << name;
  }
}

}  // namespace
}  // namespace weft::testing
