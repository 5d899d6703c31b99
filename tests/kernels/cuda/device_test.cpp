#include "weft/graph/device.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "weft/base/check.h"

namespace weft::cuda {
namespace {

/// True of a build with CUDA and of one without, on a machine with a GPU and on one without.
TEST(CudaDevice, SaysInOneSentenceThatItIsAbsent) {
  setenv("CUDA_VISIBLE_DEVICES", "", 1);  // nothing in this process has asked for a GPU yet
  DeviceRegistry devices;
  register_all_devices(devices);
  try {
    devices.find("cuda");
    ADD_FAILURE() << "no error";
  } catch (const UserError& error) {
    const std::string said = error.what();
    EXPECT_TRUE(said.starts_with("device cuda: no GPU found (cudaError") ||
                said.starts_with("device cuda: this build of Weft has no CUDA; configure it"))
        << said;
  }
}

}  // namespace
}  // namespace weft::cuda
