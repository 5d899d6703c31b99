#include "weft/graph/device.h"

#include <gtest/gtest.h>

#include "tests/graph/toy_ops.h"
#include "tests/ops/expect_error.h"
#include "weft/base/check.h"

namespace weft::testing {
namespace {

TEST(Devices, AreFoundByNameAndListedWhereTheNameIsWrong) {
  DeviceRegistry registry;
  registry.add("fast").describe("one");
  registry.add("slow").describe("two");
  EXPECT_EQ(registry.find("slow").meaning(), "two");
  expect_user_error([&] { registry.find("gpu"); },
                    "run.device: there is no device \"gpu\", expected one of fast, slow");
  EXPECT_THROW(registry.add("fast"), InternalError);
}

TEST(Devices, SayWhyTheyAreAbsent) {
  DeviceRegistry registry;
  registry.add("fast").use_when([] { user_error("device fast: there is none here"); });
  registry.add("slow").use_when([] {});
  EXPECT_EQ(registry.find("slow").name(), "slow");
  expect_user_error([&] { registry.find("fast"); }, "device fast: there is none here");
}

TEST(Device, HasOneKernelAnOpAndNamesTheOneThatIsMissing) {
  Device device("fast");
  const auto bind = [](const BindRequest&) { return Kernel{}; };
  device.add("sum", bind);
  EXPECT_TRUE(device.has("sum"));
  EXPECT_THROW(device.add("sum", bind), InternalError);
  const Combined product(true);
  expect_user_error([&] { device.bind({product, {}, {}}); }, "run.device: fast has no kernel for product");
}

}  // namespace
}  // namespace weft::testing
