#include "weft/machine/transfer_time.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(TransferTime, MessagesAndStorageAreInMegabytes) {
  EXPECT_DOUBLE_EQ(message_s({"network", std::nullopt, 10, 1000}, 500), 10e-6 + 0.5);
  EXPECT_DOUBLE_EQ(storage_s(500, 250), 2);
  EXPECT_EQ(network_mb_s({"network", std::nullopt, 10, 1000}), 1000);
}

}  // namespace
}  // namespace weft
