#include "weft/train/session/data_difference.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

using Texts = std::vector<std::string>;

TrainingData images() {
  TrainingData data;
  data.fingerprint = "00-11";
  data.training = {.names = "a", .count = 60, .bytes = 1'200'000};
  data.held_out = {.names = "b", .count = 6, .bytes = 120'000};
  return data;
}

RunIdentity identity_of(const TrainingData& data) {
  RunIdentity made;
  made.data = data.fingerprint;
  made.training = data.training;
  made.held_out = data.held_out;
  return made;
}

TEST(DataDifference, NamesThePartWhoseContentsChanged) {
  const RunIdentity then = identity_of(images());
  EXPECT_EQ(data_differences(then, images()), Texts{});
  TrainingData now = images();
  now.fingerprint = "07-11";
  now.training.bytes = 1'300'000;
  EXPECT_EQ(data_differences(then, now),
            Texts{"the contents of the training data (60 samples, 1.14 MiB -> 60 samples, 1.24 MiB)"});
  now.training.bytes = 1'200'001;
  EXPECT_EQ(
      data_differences(then, now),
      Texts{"the contents of the training data (60 samples, 1200000 bytes -> 60 samples, 1200001 bytes)"});
  now.training.bytes = 1'200'000;
  EXPECT_EQ(data_differences(then, now),
            Texts{"the contents of the training data (still 60 samples, 1200000 bytes)"});
}

TEST(DataDifference, NamesAndNumbersAreToldFromContents) {
  TrainingData now = images();
  now.fingerprint = "00-12";
  now.held_out = {.names = "c", .count = 7, .bytes = 150'000};
  EXPECT_EQ(data_differences(identity_of(images()), now),
            Texts{"the validation data (other names or fields; 6 samples, 117 KiB -> 7 samples, 146 KiB)"});
}

TEST(DataDifference, ATextHasTokensAndNoNames) {
  TrainingData text;
  text.fingerprint = "00-11";
  text.training = {.unit = "token", .count = 1};
  const RunIdentity then = identity_of(text);
  text.fingerprint = "01-11";
  text.training.count = 20;
  EXPECT_EQ(data_differences(then, text), Texts{"the contents of the training data (1 token -> 20 tokens)"});
}

TEST(DataDifference, OfAnEarlierVersionOnlyThePartIsKnown) {
  RunIdentity then;
  then.data = "05-06";
  EXPECT_EQ(data_differences(then, images()), (Texts{"the training data (names, fields or contents)",
                                                     "the validation data (names, fields or contents)"}));
}

}  // namespace
}  // namespace weft
