#include "weft/datasets/kind/arrays.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "tests/datasets/data_folder.h"
#include "tests/datasets/labelled_images.h"
#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "weft/base/check.h"
#include "weft/models/model.h"
#include "weft/store/safetensors.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kImages = 24;
/// What is said where data.validation is data.path.
const std::string kItself =
    "data.validation: 1 of its 1 file is trained on too, and tells nothing of new samples";

/// Of all models that were built.
std::string takers_of_images() {
  constexpr InputForm kImage{.ids = false, .least_axes = 2, .most_axes = 2};
  const auto take =
      Model::kinds().names_where([&](const Model& model) { return kImage.suits(model.takes()); });
  return fmt::format("model.kind = {} takes such samples", any_of(take));
}

class ArrayData : public testing::DataFolder {
 protected:
  /// Images as a safetensors file: of class 1 where they are bright.
  Recipe arrays(const std::vector<std::string>& keys) const {
    constexpr int64_t kBytes = kImages * 8 * 8 * 3;
    const std::string header =
        fmt::format(R"({{"image":{{"dtype":"U8","shape":[{0},8,8,3],"data_offsets":[0,{1}]}},)"
                    R"("label":{{"dtype":"I64","shape":[{0}],"data_offsets":[{1},{2}]}}}})",
                    kImages, kBytes, kBytes + kImages * 8);
    std::ofstream file(folder_ / "set.safetensors", std::ios::binary);
    const auto put = [&](const auto& value) {
      file.write(reinterpret_cast<const char*>(&value), sizeof(value));
    };
    put(static_cast<uint64_t>(header.size()));
    file << header;
    for (int64_t i = 0; i < kBytes; ++i)
      put(static_cast<uint8_t>((i / 192 % 2 == 1 ? 150 : 20) + i * 7 % 90));
    for (int64_t i = 0; i < kImages; ++i) put(i % 2);
    file.close();
    return parse_recipe(fmt::format(R"(
[run]
steps = 20
threads = 1
[model]
kind = "resnet"
depth = 8
width = 4
[data]
kind = "arrays"
path = "{}"
input = "image"
target = "label"
mean = [127]
deviation = [64, 64, 64]
mirror = ["width"]
validation = 0.25
batch = 6
[optimizer]
kind = "sgd"
learning_rate = 0.05
momentum = 0.9
)",
                                    (folder_ / "set.safetensors").string()),
                        "arrays.toml", keys);
  }
};

TEST_F(ArrayData, ArraysOfASafetensorsFileTrainAResnet) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "adamw", "sgd", "constant",
              "accuracy");
  Session session(arrays({"run.steps=60"}), Communicator::world());
  EXPECT_EQ(session.data().facts.target.below, 2);
  const TrainResult result = train(session, {.out = folder_ / "run", .trace = {}});
  EXPECT_EQ(result.validation->targets, 6);
  EXPECT_EQ(*result.validation->metric("accuracy"), 1.0) << "bright and dark are easily told apart";
}

TEST_F(ArrayData, ArraysThatDoNotFitAreOneSentence) {
  NEEDS_KINDS("mirror", "resnet", "cosmoflow", "arrays", "images", "classification", "regression",
              "cross_entropy", "mse", "adamw", "sgd", "constant");
  EXPECT_NE(refusal(arrays({"data.input=picture"})).find("picture"), std::string::npos);
  EXPECT_EQ(refusal(arrays({"data.mean=[1, 2]"})),
            "data.mean: 2 numbers, and field image has 3 channels; expected one for each, or one for all");
  EXPECT_EQ(
      refusal(arrays({"data.mirror=[\"depth\"]"})),
      "data.mirror names \"depth\", and the data's samples have no such axis, only height, width, channel");
  const auto building = [&](const std::vector<std::string>& keys) -> std::string {
    try {
      Session session(arrays(keys), Communicator::world());
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(building({"model.kind=cosmoflow"}),
            "model.kind: a cosmoflow takes volumes with channels, and a sample of data.path is [8, 8, 3]; " +
                takers_of_images())
      << "three are colours";
  EXPECT_EQ(building({"model.classes=1"}), "");
  EXPECT_EQ(building({"data.channels=none", "data.deviation=[]"}),
            "model.kind: a resnet takes images, and a sample of data.path is [8, 8, 3, 1]; "
            "where it has channels, data.channels = \"last\" or \"first\" says so");
  testing::expect_user_error([&] { arrays({"data.mirror=[\"up\"]"}); },
                             "data.mirror names \"up\"; expected some of \"depth\", \"height\", \"width\"");
  for (const std::string bare : {"width", "[width]", "width, height"}) {
    testing::expect_user_error(
        [&] { arrays({"data.mirror=" + bare}); },
        "--set data.mirror=" + bare + ": \"data.mirror\": expected a list of strings, got the string \"" +
            bare + "\"; a list has brackets, and its texts have quotes: --set 'data.mirror=[…]'");
  }
  testing::expect_user_error(
      [&] { arrays({"data.mean=0.5"}); },
      "\"data.mean\": expected a list of numbers, got 0.5; a list has brackets, and its texts");
  testing::expect_user_error([&] { arrays({"data.sampler=class_balanced"}); },
                             "data.sampler = \"class_balanced\" needs data.kind = \"images\"");
}

TEST_F(ArrayData, ThatAreNotNamedAreSaid) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "adamw", "sgd", "constant",
              "accuracy");
  const std::string set = (folder_ / "set.safetensors").string();
  const auto remarks = [&](const std::vector<std::string>& keys) {
    return open_data(arrays(keys), Communicator::world()).remarks;
  };
  const std::string chosen = set + ": 'image' is the input and 'label' the target, as ";
  EXPECT_EQ(remarks({"data.input=\"\"", "data.target=\"\""}),
            std::vector{chosen + "data.input and data.target do not say"});
  EXPECT_EQ(remarks({"data.input=\"\""}), std::vector{chosen + "data.input does not say"});
  EXPECT_EQ(remarks({"data.target=\"\""}), std::vector{chosen + "data.target does not say"});
  EXPECT_EQ(remarks({}), std::vector<std::string>{});
  EXPECT_EQ(refusal(arrays({"data.input=\"\"", "data.target=image"})).substr(0, 45),
            "data.input: field label has the shape [] a sa")
      << "the first that is not the target";
}

TEST_F(ArrayData, WhoseFirstDimensionLooksLikeTheChannelsAreSaid) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "adamw", "sgd", "constant",
              "accuracy");
  std::vector<std::byte> bytes(4 * 3 * 8 * 8);
  std::vector<int64_t> labels{0, 1, 0, 1};
  const fs::path path = folder_ / "first.safetensors";
  write_safetensors(path, std::vector<NamedView>{
                              {"image", {bytes.data(), {DType::u8, {4, 3, 8, 8}}}},
                              {"label", {reinterpret_cast<std::byte*>(labels.data()), {DType::i64, {4}}}}});
  const auto remarks = [&](const std::string& channels) {
    return open_data(
               arrays({"data.path=" + path.string(), "data.validation=\"" + path.string() + "\"",
                       "data.batch=2", "data.channels=" + channels, "data.mean=[]", "data.deviation=[]"}),
               Communicator::world())
        .remarks;
  };
  EXPECT_EQ(
      remarks("last"),
      (std::vector{path.string() +
                       ": the last dimension of samples [3, 8, 8] is taken for the channels; where it is the "
                       "first, data.channels = \"first\" says so",
                   kItself}));
  EXPECT_EQ(remarks("first"), std::vector{kItself});
}

TEST_F(ArrayData, OfATableAreTakenByNoModel) {
  NEEDS_KINDS("resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
  std::vector<float> numbers(6 * 10);
  std::vector<int64_t> labels{0, 1, 0, 1, 0, 1};
  const fs::path path = folder_ / "table.safetensors";
  testing::write_labelled_images(path, numbers, labels, 6, {10});
  const std::string itself = "data.validation=\"" + path.string() + "\"";
  testing::expect_user_error(
      [&] {
        Session(arrays({"data.path=" + path.string(), itself, "data.mean=[]", "data.deviation=[]",
                        "data.mirror=[]"}),
                Communicator::world());
      },
      "model.kind: a resnet takes images, and a sample of data.path is [10]; no model.kind takes such "
      "samples");
}

TEST_F(ArrayData, WithoutChannelsAreNotToldToHaveNone) {
  NEEDS_KINDS("resnet", "cosmoflow", "arrays", "classification", "regression", "cross_entropy", "mse", "sgd",
              "constant");
  std::vector<float> numbers(6 * 8 * 8);
  std::vector<float> targets{0.5, 1.5, 2.5, 3.5, 4.5, 5.5};
  const fs::path path = folder_ / "flat.safetensors";
  write_safetensors(path, std::vector<NamedView>{
                              {"x", {reinterpret_cast<std::byte*>(numbers.data()), {DType::f32, {6, 8, 8}}}},
                              {"y", {reinterpret_cast<std::byte*>(targets.data()), {DType::f32, {6}}}}});
  std::string said;
  try {
    Session(
        arrays({"model.kind=cosmoflow", "data.path=" + path.string(), "data.input=x", "data.target=y",
                "data.channels=none", "data.mean=[]", "data.deviation=[]", "data.mirror=[]", "data.batch=2"}),
        Communicator::world());
  } catch (const UserError& error) {
    said = error.what();
  }
  EXPECT_EQ(said,
            "model.kind: a cosmoflow takes volumes with channels, and a sample of data.path is [8, 8, 1]; " +
                takers_of_images());
}

TEST_F(ArrayData, OfAPatternAreOtherDataWhereAFileComesToIt) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
  const std::string pattern = (folder_ / "part*.safetensors").string();
  const Recipe recipe = arrays({"data.path=" + pattern});
  EXPECT_EQ(refusal(recipe),
            "data.path: " + pattern + ": no file has this name, and none matches it as a pattern");
  const fs::path whole = folder_ / "set.safetensors";
  fs::copy_file(whole, folder_ / "part1.safetensors");
  const std::string one = open_data(recipe, Communicator::world()).fingerprint;
  EXPECT_EQ(open_data(recipe, Communicator::world()).fingerprint, one);
  fs::copy_file(whole, folder_ / "part2.safetensors");
  const TrainingData both = open_data(recipe, Communicator::world());
  EXPECT_EQ(both.train_samples, 2 * kImages * 3 / 4);
  EXPECT_NE(both.fingerprint, one);
  EXPECT_EQ(recipe.data.path, pattern) << "the recipe keeps it";
}

TEST_F(ArrayData, ClassesThatDoNotOccurAreSaid) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "adamw", "sgd", "constant",
              "accuracy");
  std::vector<std::byte> bytes(6 * 8 * 8 * 3);
  std::vector<int64_t> labels{0, 50, 100, 0, 50, 100};
  const fs::path path = folder_ / "gaps.safetensors";
  write_safetensors(path, std::vector<NamedView>{
                              {"image", {bytes.data(), {DType::u8, {6, 8, 8, 3}}}},
                              {"label", {reinterpret_cast<std::byte*>(labels.data()), {DType::i64, {6}}}}});
  const auto opened = [&](const std::string& more) {
    return open_data(
        arrays({"data.path=" + path.string(), "data.validation=\"" + path.string() + "\"", more}),
        Communicator::world());
  };
  EXPECT_EQ(opened("data.batch=2").facts.target.below, 101);
  EXPECT_EQ(opened("data.batch=2").remarks,
            (std::vector{path.string() +
                             ": of 101 classes (ids from 0 to 100) only 3 occur in the samples to train on",
                         kItself}));
  EXPECT_TRUE(open_data(arrays({}), Communicator::world()).remarks.empty()) << "where all occur";
}

TEST_F(ArrayData, NumbersAreNoIdsAndOneNumberAmongIdsIsABadSample) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
  std::vector<std::byte> bytes(6 * 8 * 8 * 3);
  const fs::path path = folder_ / "floats.safetensors";
  const auto building = [&](std::vector<float> labels, const std::string& on_bad) -> std::string {
    write_safetensors(path, std::vector<NamedView>{
                                {"image", {bytes.data(), {DType::u8, {6, 8, 8, 3}}}},
                                {"label", {reinterpret_cast<std::byte*>(labels.data()), {DType::f32, {6}}}}});
    const std::string itself = "data.validation=\"" + path.string() + "\"";
    try {
      Session session(arrays({"data.path=" + path.string(), itself, on_bad}), Communicator::world());
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  };
  for (const char* on_bad : {"data.on_bad=fail", "data.on_bad=skip"}) {
    EXPECT_EQ(building({0.5, 1.25, 0.1, 2.5, 1, 0}, on_bad),
              "model.kind: a resnet learns class ids, one whole number a sample, and field label is f32 a "
              "sample; no model.kind learns numbers of samples [8, 8, 3]");
  }
  const std::vector<float> one{0, 1.25, 0, 1, 1, 0};
  EXPECT_EQ(building(one, "data.on_bad=fail"),
            path.string() +
                "[1]: field label is 1.25, expected a class id; data.on_bad = \"skip\" would "
                "leave such samples out of the loss");
  EXPECT_EQ(building(one, "data.on_bad=skip"), "");
}

TEST_F(ArrayData, WithNumbersThatAreMissingAreSaidAtTheStart) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
  std::vector<float> pixels(size_t{6} * 8 * 8 * 3, 1);
  pixels[7] = pixels[2 * 8 * 8 * 3] = std::numeric_limits<float>::quiet_NaN();
  std::vector<int64_t> labels{0, 1, 0, 1, 0, 1};
  const fs::path path = folder_ / "gaps.safetensors";
  testing::write_labelled_images(path, pixels, labels, 6, {8, 8, 3});
  const auto remarks = [&](const std::string& key) {
    const std::string itself = "data.validation=\"" + path.string() + "\"";
    return open_data(arrays({"data.path=" + path.string(), itself, key}), Communicator::world()).remarks;
  };
  EXPECT_EQ(
      remarks("data.missing=fail"),
      (std::vector{path.string() +
                       ": field image has 1 to 1, mean 1, 2 NaN in all samples; the run ends where it meets "
                       "one, unless data.missing is \"mask\" or \"skip\"",
                   path.string() +
                       ": field image of the samples held out has 1 to 1, mean 1, 2 NaN in all samples; the "
                       "run ends where it meets one, unless data.missing is \"mask\" or \"skip\"",
                   kItself}));
  for (const char* key : {"data.missing=mask", "data.missing=skip", "data.on_bad=skip"})
    EXPECT_EQ(remarks(key), std::vector{kItself}) << key;
}

TEST_F(ArrayData, APartThatIsMeasuredHasTheClassesInTheirProportions) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
  std::vector<std::byte> bytes(24 * 8 * 8 * 3);
  std::vector<int64_t> labels(24, 1);  // in the order of their classes: 16 and 8
  std::fill_n(labels.begin(), 16, 0);
  const fs::path path = folder_ / "ordered.safetensors";
  write_safetensors(path, std::vector<NamedView>{
                              {"image", {bytes.data(), {DType::u8, {24, 8, 8, 3}}}},
                              {"label", {reinterpret_cast<std::byte*>(labels.data()), {DType::i64, {24}}}}});
  for (const std::string classes : {"model.classes=0", "model.classes=5"}) {
    TrainingData data =
        open_data(arrays({"data.path=" + path.string(), "data.validation=\"" + path.string() + "\"",
                          "log.evaluate_batches=1", classes}),
                  Communicator::world());
    std::vector<float> pixels(6 * 8 * 8 * 3);
    std::vector<int32_t> found(6);
    const TensorType images{DType::f32, {6, 8, 8, 3}};
    const TensorType ids{DType::i32, {6}};
    data.validation->fill(0,
                          std::vector{View{reinterpret_cast<std::byte*>(pixels.data()), images},
                                      View{reinterpret_cast<std::byte*>(found.data()), ids}},
                          std::vector{Region::all(images.shape), Region::all(ids.shape)});
    EXPECT_EQ(std::ranges::count(found, 0), 4) << classes;
    EXPECT_EQ(std::ranges::count(found, 1), 2) << classes;
  }
}

TEST_F(ArrayData, ClassIdsOfWhichThereCannotBeSoManyAreRefused) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
  std::vector<std::byte> bytes(2 * 8 * 8 * 3);
  std::vector<int64_t> labels{0, 2'000'000'000};
  const fs::path path = folder_ / "huge.safetensors";
  write_safetensors(path, std::vector<NamedView>{
                              {"image", {bytes.data(), {DType::u8, {2, 8, 8, 3}}}},
                              {"label", {reinterpret_cast<std::byte*>(labels.data()), {DType::i64, {2}}}}});
  EXPECT_EQ(refusal(arrays({"data.path=" + path.string(), "data.validation=\"" + path.string() + "\""})),
            "data.target: the largest class id is 2000000000, so that there would be 2000000001 classes; ids "
            "count the classes from 0 on, and model.classes says how many there are if that is meant");
}

TEST_F(ArrayData, OtherDataAreOneSentence) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
  const auto of = [&](const fs::path& path) {
    return refusal(
        arrays({"data.path=" + path.string(), "data.input=\"\"", "data.target=\"\"", "data.validation=0.5"}));
  };
  fs::create_directories(folder_ / "images/cat");
  std::ofstream(folder_ / "images/cat/1.png") << "\x89PNG";
  const std::string images = (folder_ / "images").string();
  EXPECT_EQ(of(images),
            "data.path: " + images + " is images, and data.kind = \"arrays\" needs arrays of numbers");
  std::vector<float> numbers(12);
  const View x{reinterpret_cast<std::byte*>(numbers.data()), {DType::f32, {4, 3, 1}}};
  const fs::path one = folder_ / "one.safetensors";
  write_safetensors(one, std::vector<NamedView>{{"x", x}});
  EXPECT_EQ(of(one), "data.path: " + one.string() + " has the one array x, expected an input and a target");
  const fs::path numpy = fs::path(WEFT_SOURCE_DIR) / "tests/data/source/golden/f8_le.npy";
  EXPECT_EQ(of(numpy), "data.path: " + numpy.string() +
                           " has the one array data, expected an input and a target; " + numpy.string() +
                           ": a .npy file holds one array; numpy.savez(\"both.npz\", x=x, y=y) saves several "
                           "with their names");
  std::string header = R"({"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},)"
                       R"("y":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[16,20]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const auto length = static_cast<uint64_t>(header.size());
  const fs::path unknown = folder_ / "unknown.safetensors";
  std::ofstream(unknown, std::ios::binary).write(reinterpret_cast<const char*>(&length), 8)
      << header << std::string(20, '\0');
  EXPECT_TRUE(of(unknown).ends_with("; " + unknown.string() +
                                    ": 'y' is left out: it has elements of type F8_E4M3, expected integers "
                                    "or floating point"))
      << of(unknown) << ": an array that is there is not said to be missing";
}

TEST_F(ArrayData, OfValidationMustBeLikeThoseOfTraining) {
  NEEDS_KINDS("mirror", "resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
  std::vector<std::byte> bytes(2 * 4 * 4 * 3);
  std::vector<int64_t> labels{0, 1};
  const fs::path other = folder_ / "other.safetensors";
  write_safetensors(other, std::vector<NamedView>{
                               {"image", {bytes.data(), {DType::u8, {2, 4, 4, 3}}}},
                               {"label", {reinterpret_cast<std::byte*>(labels.data()), {DType::i64, {2}}}}});
  const Recipe recipe = arrays({"data.validation=\"" + other.string() + "\""});
  EXPECT_EQ(refusal(recipe), "data.validation: its samples are [4, 4, 3], and those of " +
                                 (folder_ / "set.safetensors").string() + " are [8, 8, 3]");
}

}  // namespace
}  // namespace weft
