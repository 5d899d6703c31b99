#include "weft/data/read/descriptor_share.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>

namespace weft {
namespace {

class DescriptorShare : public ::testing::Test {
 protected:
  DescriptorShare() { ::getrlimit(RLIMIT_NOFILE, &limit_); }
  ~DescriptorShare() override { ::setrlimit(RLIMIT_NOFILE, &limit_); }
  void set_limit(rlim_t files) const {
    const rlimit low{files, limit_.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  }

  rlimit limit_{};
};

TEST_F(DescriptorShare, AllTogetherKeepAQuarterOpen) {
  set_limit(100);
  EXPECT_FALSE(KeptOpen(26).granted());
  auto some = std::make_unique<KeptOpen>(20);
  EXPECT_TRUE(some->granted());
  EXPECT_FALSE(KeptOpen(6).granted());
  EXPECT_TRUE(KeptOpen(5).granted());
  some = nullptr;
  EXPECT_TRUE(KeptOpen(25).granted());
}

TEST_F(DescriptorShare, OneUserKeepsNoMoreThanItMay) {
  set_limit(std::min<rlim_t>(limit_.rlim_max, 4096));
  EXPECT_TRUE(KeptOpen(256).granted());
  EXPECT_FALSE(KeptOpen(257).granted());
}

TEST_F(DescriptorShare, ReadsAtOnceAreAnEighth) {
  set_limit(100);
  EXPECT_EQ(reads_at_once(64), 12);
  EXPECT_EQ(reads_at_once(3), 3);
  set_limit(3);
  EXPECT_EQ(reads_at_once(64), 2);
}

}  // namespace
}  // namespace weft
