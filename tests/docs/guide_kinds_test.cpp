// What the guides show is registered in this program: a recipe can name it, and the laws are tried on it.
#include <gtest/gtest.h>

#include "tests/ops/case_graph.h"
#include "weft/models/model.h"
#include "weft/optimizers/optimizer.h"
#include "weft/tasks/loss.h"
#include "weft/tasks/metric.h"

namespace weft::testing {
namespace {

TEST(Guides, RegisterWhatTheyShow) {
  EXPECT_TRUE(all_ops().prototypes().contains("flip"));
  for (const char* device : {"cpu", "reference"}) EXPECT_TRUE(device_named(device).has("flip")) << device;
  EXPECT_NE(Model::kinds().find("mlp"), nullptr);
  EXPECT_NE(Loss::kinds().find("huber"), nullptr);
  EXPECT_NE(Metric::kinds().find("rmse"), nullptr);
  EXPECT_NE(Optimizer::kinds().find("sign_sgd"), nullptr);
}

}  // namespace
}  // namespace weft::testing
