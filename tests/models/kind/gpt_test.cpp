#include "weft/models/kind/gpt.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/models/any_mesh.h"
#include "tests/ops/expect_error.h"
#include "weft/ops/linear/attention.h"

namespace weft {
namespace {

using testing::built;

Gpt small() {
  Gpt gpt;
  gpt.layers = 2;
  gpt.heads = 2;
  gpt.width = 8;
  return gpt;
}

TEST(Gpt, HasAsManyWeightsAsGpt2) {
  Gpt gpt;
  gpt.layers = 12;
  gpt.heads = 12;
  gpt.width = 768;
  EXPECT_EQ(built(gpt, testing::tokens(1024, 50257)).weights, 124'439'808) << "OpenAI's smallest";
}

TEST(Gpt, GivesALogitForEachTokenOfTheVocabulary) {
  const testing::BuiltModel made = built(small(), testing::tokens(5, 11), {.batch = 3});
  EXPECT_EQ(made.graph.value(made.out).type.shape, (Dims{3, 5, 11}));
}

TEST(Gpt, AnUntiedHeadHasWeightsOfItsOwnAndBiasesMayBeLeftOut) {
  Gpt gpt = small();
  const int64_t tied = built(gpt, testing::tokens(5, 11)).weights;
  gpt.tied = false;
  EXPECT_EQ(built(gpt, testing::tokens(5, 11)).weights, tied + 11 * 8);
  gpt.bias = false;
  // Of a block: q, k, v, both projections, the hidden layer and two norms; and the last norm.
  EXPECT_EQ(built(gpt, testing::tokens(5, 11)).weights, tied + 11 * 8 - 2 * (24 + 8 + 32 + 8 + 16) - 8);
}

TEST(Gpt, APaddedVocabularyIsAtLeastTheTokenizers) {
  Gpt gpt = small();
  gpt.vocabulary = 16;
  const testing::BuiltModel made = built(gpt, testing::tokens(5, 11));
  EXPECT_EQ(made.graph.value(made.out).type.shape.back(), 16);
  gpt.vocabulary = 10;
  testing::expect_user_error([&] { built(gpt, testing::tokens(5, 11)); },
                             "model.vocabulary=10: the tokenizer has 11 tokens");
}

TEST(Gpt, DropsInTrainingOnly) {
  const auto nodes = [](bool training) {
    return built(small(), testing::tokens(5, 11), {.dropout = training ? 0.5 : 0, .training = training})
        .graph.nodes()
        .size();
  };
  EXPECT_EQ(nodes(true), nodes(false) + 5) << "after the embedding, and twice a block";
}

TEST(Gpt, DropsWeightsOfItsAttentionInTrainingOnly) {
  Gpt gpt = small();
  gpt.attention_dropout = 0.25;
  const auto dropping = [&](bool training) {
    const Graph graph = built(gpt, testing::tokens(5, 11), {.training = training}).graph;
    return std::ranges::count_if(graph.nodes(), [](const Node& node) {
      return node.op->name() == Attention::kName &&
             static_cast<const Attention&>(*node.op).form.dropout == 0.25;
    });
  };
  EXPECT_EQ(dropping(true), 2);
  EXPECT_EQ(dropping(false), 0);
}

TEST(Gpt, SaysWhatTransformersCallItsWeights) {
  const auto shape = [](const std::string& name) { return name == "wte" ? Dims{11, 8} : Dims{5, 8}; };
  const ForeignWeights form = small().huggingface(shape);
  EXPECT_EQ(form.tensors.size(), 4U + 2 * 12);
  const auto field = [](const ForeignWeights& of, const std::string& name) {
    return std::ranges::find(of.fields, name, &ForeignField::name)->same.front();
  };
  EXPECT_EQ(field(form, "vocab_size"), "11");
  EXPECT_EQ(field(form, "tie_word_embeddings"), "true");
  Gpt untied = small();
  untied.tied = false;
  const ForeignWeights other = untied.huggingface(shape);
  EXPECT_EQ(other.tensors.size(), form.tensors.size() + 1) << "lm_head.weight";
  EXPECT_EQ(field(other, "tie_word_embeddings"), "false");
}

TEST(Gpt, IsTheSameOnAnyMesh) {
  Gpt gpt = small();
  gpt.heads = 4;
  gpt.attention_dropout = 0.25;
  testing::expect_the_same_on(
      {Mesh({{"data", 3}}), Mesh({{"tensor", 2}}), Mesh({{"data", 2}, {"tensor", 3}}),
       Mesh({{"sequence", 3}}), Mesh({{"sequence", 7}}), Mesh({{"data", 2}, {"sequence", 2}, {"tensor", 2}})},
      gpt, testing::tokens(5, 11), 3, 0.25);
}

}  // namespace
}  // namespace weft
