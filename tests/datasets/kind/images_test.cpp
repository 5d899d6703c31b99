#include "weft/datasets/kind/images.h"
#include "tests/recipe/tiny_recipes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/data/decode/image_files.h"
#include "tests/datasets/data_folder.h"
#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "weft/data/text/token_file.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/session/session.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class ImageData : public testing::DataFolder {
 protected:
  void SetUp() override {
    NEEDS_KINDS("resnet", "images", "classification", "cross_entropy", "sgd", "constant", "accuracy");
  }
  ImageData() {
    for (int i = 0; i < 6; ++i) add_image(fmt::format("set/{}/{}.jpg", i % 2 == 0 ? "ant" : "bee", i));
  }

  void add_image(const std::string& name, int height = 12) const {
    const std::vector<std::byte> file = testing::as_jpeg(testing::make_picture(height, 16));
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  }
  TrainingData open(const std::vector<std::string>& keys) const {
    const Recipe recipe = parse_recipe(fmt::format(R"(
[run]
steps = 1
{}batch = 2
validation = 0.5
[optimizer]
kind = "sgd"
learning_rate = 0.1
)",
                                                   testing::tiny_resnet(folder_ / "set")),
                                       "images.toml", keys);
    return open_data(recipe, Communicator::world());
  }
};

TEST_F(ImageData, SayTheirSizeAndTheirClasses) {
  const TrainingData data = open({});
  EXPECT_EQ(data.facts.input.shape, (Dims{12, 16, 3}));
  EXPECT_EQ(data.facts.input.axes, (std::vector<std::string>{"height", "width", "channel"}));
  EXPECT_EQ(data.facts.target.below, 2);
  EXPECT_TRUE(data.facts.target.shape.empty());
  EXPECT_EQ(data.train_samples, 3);
  EXPECT_EQ(data.unit, "images");
  EXPECT_EQ(open({"data.size=8"}).facts.input.shape, (Dims{8, 8, 3}));
}

TEST_F(ImageData, AreNormalisedByThreeNumbersOrAsMeasured) {
  const std::string three = "data.mean=[0.4, 0.5, 0.6]";
  EXPECT_NO_THROW(open({three}));
  testing::expect_user_error([&] { open({"data.mean=[0.4, 0.5]"}); },
                             "data.mean has 2 numbers, expected three: of red, green and blue");
  testing::expect_user_error(
      [&] {
        open({three, "data.deviation=[0.2, 0.2, 0]"});
      },
      "\"data.deviation\": expected a list of numbers in (0, 1], got");
}

TEST_F(ImageData, OtherDataAreOneSentence) {
  const fs::path tokens = folder_ / "some.tokens";
  write_token_file(tokens, std::vector<int32_t>(3000, 1));
  testing::expect_user_error(
      [&] { open({"data.path=" + tokens.string()}); },
      "some.tokens is tokens, and data.kind = \"images\" needs JPEG, PNG, WebP or BMP images");
}

TEST_F(ImageData, OfValidationHaveTheClassesOfTraining) {
  add_image("other/ant/1.jpg");
  add_image("other/wasp/1.jpg");
  const std::string other = "data.validation=\"" + (folder_ / "other").string() + "\"";
  testing::expect_user_error([&] { open({other}); },
                             "data.validation: its classes differ from those of " +
                                 (folder_ / "set").string() +
                                 "; only data.validation has wasp; only data.path has bee");
}

TEST_F(ImageData, AKeyThatDoesNothingIsSaid) {
  EXPECT_EQ(open({"data.area=[0.5, 1]"}).remarks,
            std::vector<std::string>{"data.area does nothing: data.augment is off"});
  EXPECT_EQ(
      open({"data.bad_limit=7"}).remarks,
      std::vector<std::string>{"data.bad_limit does nothing: data.on_bad is \"fail\", which ends the run at "
                               "the first bad sample"});
  EXPECT_TRUE(open({"data.bad_limit=7", "data.on_bad=skip"}).remarks.empty());
}

TEST_F(ImageData, OfOneClassAreSaid) {
  fs::remove_all(folder_ / "set/bee");
  for (const int i : {7, 8, 9}) add_image(fmt::format("set/ant/{}.jpg", i));
  EXPECT_EQ(open({}).remarks,
            std::vector<std::string>{(folder_ / "set").string() +
                                     ": all targets are of one class, so there is nothing to "
                                     "tell apart and the loss is 0"});
}

TEST_F(ImageData, OfAFolderOfHeldOutSamplesBesideTheClassesAreSaid) {
  add_image("set/valid/ant/1.jpg");
  add_image("set/valid/bee/1.jpg");
  add_image("set/valid/bee/2.jpg");
  add_image("set/validation/bee/3.jpg");
  const TrainingData data = open({});
  const std::string set = (folder_ / "set").string();
  EXPECT_EQ(data.train_samples, 6);
  EXPECT_EQ(data.facts.target.below, 2);
  EXPECT_EQ(
      data.remarks,
      (std::vector<std::string>{
          set + ": held out are the 3 samples of its folder valid; its folder validation is not read",
          set +
              ": valid and validation are left out as other parts of the data set, not taken for a class"}));
}

TEST_F(ImageData, WithoutClassesBesideTrainAreNotHeldOut) {
  for (const char* name :
       {"set/train/ant/1.jpg", "set/train/ant/2.jpg", "set/train/bee/1.jpg", "set/test/9.jpg"}) {
    add_image(name);
  }
  const TrainingData data = open({"data.batch=1"});
  EXPECT_EQ(data.train_samples, 1);
  EXPECT_EQ(data.remarks[0],
            (folder_ / "set").string() + ": its folder test is not read: its images lie in no class folders");
}

TEST_F(ImageData, OfAClassThatIsCalledTestAreOfThatClass) {
  add_image("set/test/1.jpg");
  const TrainingData data = open({});
  EXPECT_EQ(data.facts.target.below, 3);
  EXPECT_TRUE(data.remarks.empty());
}

TEST_F(ImageData, ThatAreNotThereNameTheKeyAndWhereTheyWereLookedFor) {
  const auto in_vain = [](const std::string& key) {
    return fmt::format("{}: nowhere does not exist in the working directory {}; --set {}=… says where it is",
                       key, fs::current_path().string(), key);
  };
  testing::expect_user_error([&] { open({"data.path=nowhere"}); }, in_vain("data.path"));
  testing::expect_user_error([&] { open({"data.validation=\"nowhere\""}); }, in_vain("data.validation"));
  testing::expect_user_error([&] { open({"data.mix=[{path=\"nowhere\", share=0.5}]"}); },
                             in_vain("data.mix"));
}

TEST_F(ImageData, WithoutLabelsAreOneSentence) {
  const std::string archive = (folder_ / "none.tar").string();
  const std::string command =
      fmt::format("tar -C '{}' -cf '{}' 0.jpg 2.jpg", (folder_ / "set/ant").string(), archive);
  ASSERT_EQ(std::system(command.c_str()), 0);
  testing::expect_user_error([&] { open({"data.path=" + archive}); },
                             "data.path: " + archive +
                                 ": none of its images has a label, and a class id of each is needed; put "
                                 "0001.cls (a number or a name), or "
                                 "0001.json with a \"label\", beside 0001.jpg");
}

TEST_F(ImageData, OfSeveralSizesAreRefusedAtOnceWhereNothingMakesThemAlike) {
  add_image("set/ant/7.jpg", 13);
  add_image("val/ant/8.jpg");
  add_image("val/bee/9.jpg", 20);
  const auto refused = [](const std::string& which, int largest) {
    return fmt::format(
        "data.size = 0: the images {} are of several sizes, from 12x16 to {}x16 (height x width) where some "
        "were looked at; data.size is the side that all are scaled and cut to",
        which, largest);
  };
  const std::string val = "data.validation=\"" + (folder_ / "val").string() + "\"";
  const auto said = [&](const std::vector<std::string>& keys) -> std::string {
    try {
      open(keys);
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(said({val}), refused("that are held out", 20));
  add_image("val/bee/9.jpg");
  EXPECT_EQ(said({val}), refused("to train on", 13));
  EXPECT_EQ(said({val, "data.size=8"}), "") << "all are made alike";
  EXPECT_EQ(said({val, "data.on_bad=skip"}), "") << "the other is a bad sample, and left out";
}

TEST_F(ImageData, AreAsLargeAsTheFirstThatCanBeRead) {
  fs::create_directories(folder_ / "set/ant");
  std::ofstream(folder_ / "set/ant/!0.jpg") << "no image";
  fs::create_symlink("/nowhere", folder_ / "set/ant/!1.jpg");
  fs::create_directories(folder_ / "set/ant/!2.jpg");
  const std::string split = "data.validation=0.1";
  // Held out is one sample; which is the seed's choice.
  EXPECT_EQ(open({split, "data.on_bad=skip"}).facts.input.shape, (Dims{12, 16, 3}));
  EXPECT_EQ(open({split, "data.on_bad=substitute"}).facts.input.shape, (Dims{12, 16, 3}));
  testing::expect_user_error([&] { open({split}); }, "/set/ant/!");
  testing::expect_user_error([&] { open({split, "data.on_bad=skip", "data.bad_limit=0"}); }, "/set/ant/!");
}

}  // namespace
}  // namespace weft
