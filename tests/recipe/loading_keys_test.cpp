#include "weft/recipe/loading_keys.h"

#include <gtest/gtest.h>

#include "weft/recipe/recipe.h"

namespace weft {
namespace {

std::string complaint(const LoadingKeys& keys, bool shuffle = true) {
  Recipe recipe;
  recipe.data.loading = keys;
  recipe.data.shuffle = shuffle;
  const Complaint found = check_loading(recipe);
  return found ? found->key + ": " + found->message : "";
}

TEST(LoadingKeys, WeightsAndTheirSamplerGoTogether) {
  EXPECT_EQ(complaint({}), "");
  EXPECT_EQ(complaint({.sampler = SamplerKind::weighted}),
            "data.sampler: data.sampler = \"weighted\" needs data.weights, a file");
  EXPECT_EQ(complaint({.weights = "w.txt"}), "data.weights: data.weights needs data.sampler = \"weighted\"");
  EXPECT_EQ(complaint({.sampler = SamplerKind::weighted, .weights = "w.txt"}), "");
  EXPECT_EQ(complaint({.sampler = SamplerKind::weighted, .weights = "w.txt"}, false),
            "data.sampler: data.sampler draws samples at random, and data.shuffle is false");
}

TEST(LoadingKeys, AMixtureSaysItselfHowOftenSamplesCome) {
  const std::vector<MixedSet> mix{{"more", 0.5}};
  EXPECT_EQ(complaint({.mix = mix}), "");
  EXPECT_EQ(
      complaint({.mix = mix}, false),
      "data.mix: data.mix says itself how often samples come: it goes with data.sampler = \"uniform\" and "
      "data.shuffle = true");
  EXPECT_EQ(complaint({.mix = mix, .checksums = "index"}),
            "data.mix: data.checksums is of one data set, and data.mix names more");
}

TEST(LoadingKeys, ACacheHasAPath) {
  EXPECT_EQ(complaint({.cache = {{"", *ByteSize::parse("1GiB")}}}),
            "data.cache: data.cache has an empty path");
}

TEST(LoadingKeys, TablesAreReadAndWritten) {
  using Cache = Conversion<std::vector<CacheDirectory>>;
  const RecipeValue::Table table{{"path", {std::string("/nvme")}}, {"size", {std::string("1GiB")}}};
  const auto read = Cache::from({RecipeValue::List{{table}}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).size.bytes(), int64_t{1} << 30);
  EXPECT_EQ(toml_text(Cache::to(*read)), "[{path = \"/nvme\", size = \"1GiB\"}]");
  const RecipeValue::Table wrong{{"path", {std::string("/nvme")}}, {"size", {std::string("much")}}};
  EXPECT_FALSE(Cache::from({RecipeValue::List{{wrong}}}));
  EXPECT_NE(Cache::why_not({RecipeValue::List{{wrong}}}).find("\"much\" is no size"), std::string::npos);
  using Mix = Conversion<std::vector<MixedSet>>;
  const RecipeValue::Table none{{"path", {std::string("more")}}, {"share", {0.0}}};
  EXPECT_FALSE(Mix::from({RecipeValue::List{{none}}})) << "a share is above 0";
  EXPECT_FALSE(Mix::from({std::string("more")}));
}

}  // namespace
}  // namespace weft
