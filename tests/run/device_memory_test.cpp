// Of run/, graph/device_memory.h: a device with memory of its own: the executor uploads inputs and downloads
// outputs, the store states. Nothing else reaches that memory.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <numeric>

#include "tests/ops/interpreter.h"
#include "weft/base/check.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/plan/pipeline.h"
#include "weft/run/carry_states.h"
#include "weft/run/executor.h"

namespace weft::testing {
namespace {

/// Keeps every byte flipped by `mask`: whoever reads it without a download, or writes it without an upload,
/// gets other values. With 0, kernels can run on it.
class Masked final : public DeviceMemory {
 public:
  explicit Masked(std::byte mask) : mask_(mask) {}
  std::string_view name() const override { return "masked"; }
  std::byte* allocate(int64_t bytes) const override {
    auto* data = static_cast<std::byte*>(std::aligned_alloc(64, (static_cast<size_t>(bytes) + 64) / 64 * 64));
    std::memset(data, static_cast<int>(mask_), static_cast<size_t>(bytes));
    return data;
  }
  void release(std::byte* data, int64_t) const override { std::free(data); }
  void upload(std::byte* device, const std::byte* host, int64_t bytes) const override {
    for (int64_t i = 0; i < bytes; ++i) device[i] = host[i] ^ mask_;
  }
  void download(std::byte* host, const std::byte* device, int64_t bytes) const override {
    upload(host, device, bytes);
  }
  void copy(std::byte* to, const std::byte* from, int64_t bytes) const override {
    std::memcpy(to, from, static_cast<size_t>(bytes));
    ++copies;
  }
  mutable int copies = 0;

 private:
  std::byte mask_;
};

/// y = 3 x, and a parameter w that doubles.
Program program_on(std::byte mask) {
  Device device = device_named("cpu");
  device.use_memory(std::make_shared<Masked>(mask));
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {8}}, {"n"});
  const ValueId w = build.state("w", {DType::f64, {5}}, {}, kParameter);
  build.output("y", scale(build, x, 3));
  build.update(w, scale(build, w, 2));
  return make_plan(std::move(build).build(), device, {}).program;
}

std::vector<double> counted(int64_t count) {
  std::vector<double> values(static_cast<size_t>(count));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

void write_counted(const StateStore& store) {
  store.write("w", [](const View& view) { from_doubles(counted(5), view); });
}

TEST(DeviceMemory, StatesAreReadAndWrittenThroughUploadsAndDownloads) {
  StateStore store;
  const Attachment attachment = store.attach(program_on(std::byte{0x5a}));
  EXPECT_EQ(to_doubles(store.read("w").view), std::vector<double>(5, 0)) << "zero at the start";
  write_counted(store);
  EXPECT_EQ(to_doubles(store.read("w").view), counted(5));
  double raw = 0;
  std::memcpy(&raw, store.at("w").data, sizeof(raw));
  EXPECT_NE(raw, 1.0) << "the device has its own form";
  EXPECT_THROW(store.view("w"), InternalError);
}

TEST(DeviceMemory, SnapshotsAndCarryingGoThroughTheHost) {
  StateStore store;
  const Program program = program_on(std::byte{0x5a});
  const Attachment attachment = store.attach(program);
  write_counted(store);
  const StateSnapshot snapshot = store.snapshot();
  store.write("w", [](const View& view) { from_doubles(std::vector<double>(5, 7), view); });
  StateStore next;
  const Attachment other = next.attach(program);
  carry_states(plan_carrying(store, program, {}), store, next);
  EXPECT_EQ(to_doubles(next.read("w").view), std::vector<double>(5, 7));
  store.restore(snapshot);
  EXPECT_EQ(to_doubles(store.read("w").view), counted(5));
}

TEST(DeviceMemory, InputsAreUploadedBeforeASegmentAndOutputsDownloadedAfterIt) {
  StateStore store;
  Executor executor(program_on(std::byte{0}), store, Communicator::world());
  write_counted(store);
  const SegmentId step = executor.program().at("accumulate");
  from_doubles(counted(8), executor.view("x"));
  executor.run(step);
  EXPECT_EQ(to_doubles(executor.output(step, "y"))[7], 24);
  alignas(64) const double lent[8] = {-1, 0, 0, 0, 0, 0, 0, 9};
  executor.read_input_from("x", reinterpret_cast<const std::byte*>(lent));
  executor.run(step);
  EXPECT_EQ(to_doubles(executor.output(step, "y"))[7], 27);
  executor.read_input_from("x", nullptr);
  executor.run(step);
  EXPECT_EQ(to_doubles(executor.output(step, "y"))[7], 24);
  EXPECT_EQ(to_doubles(store.read("w").view)[4], 40) << "doubled three times on the device";
  EXPECT_THROW(executor.view("w"), InternalError);
  EXPECT_FALSE(executor.find_non_finite(step).has_value());
}

TEST(DeviceMemory, StatesAreCopiedByTheDevice) {
  const auto memory = std::make_shared<Masked>(std::byte{0x5a});
  Device device = device_named("cpu");
  device.use_memory(memory);
  GraphBuilder build;
  const ValueId w = build.state("w", {DType::f64, {5}}, {}, kParameter);
  build.update(build.state("before", {DType::f64, {5}}, {}, kParameter), w);
  StateStore store;
  Executor executor(make_plan(std::move(build).build(), device, {}).program, store, Communicator::world());
  write_counted(store);
  executor.run(executor.program().at("accumulate"));
  EXPECT_EQ(to_doubles(store.read("before").view), counted(5));
  EXPECT_EQ(memory->copies, 1);
}

TEST(DeviceMemory, TwoDevicesDoNotShareAStore) {
  StateStore store;
  const Attachment attachment = store.attach(program_on(std::byte{0}));
  GraphBuilder build;
  build.output("y", scale(build, build.state("w", {DType::f64, {5}}, {}, kParameter), 2));
  const Program host = make_plan(std::move(build).build(), device_named("cpu"), {}).program;
  EXPECT_THROW(store.attach(host), InternalError);
}

}  // namespace
}  // namespace weft::testing
