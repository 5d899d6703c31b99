#include "weft/ops/linear/attention.h"

#include <gtest/gtest.h>

#include "tests/ops/case_graph.h"
#include "tests/ops/expect_error.h"

namespace weft::testing {
namespace {

TensorType heads(int64_t tokens, int64_t count, int64_t width = 4, DType dtype = DType::f32) {
  return {dtype, {2, tokens, count, width}};
}

TEST(Attention, RefusesOperandsThatDoNotFit) {
  const auto refused = [](const AttentionForm& form, const std::vector<TensorType>& inputs,
                          const std::string& message) {
    expect_user_error([&] { Attention(form).infer(inputs); }, message);
  };
  const TensorType flat{DType::f32, {2, 3}};
  refused({}, {flat, flat, flat},
          "attention: got the queries f32[2, 3], expected the shape [batch, time, heads, width].");
  refused(
      {}, {heads(3, 4), heads(5, 3), heads(5, 3)},
      "attention: got the queries f32[2, 3, 4, 4] and the keys f32[2, 5, 3, 4], expected one batch, width "
      "and dtype, and heads of keys that divide those of queries.");
  refused({}, {heads(3, 4), heads(5, 4, 8), heads(5, 4, 8)},
          "attention: got the queries f32[2, 3, 4, 4] and the keys f32[2, 5, 4, 8], expected one batch");
  refused({.causal = true}, {heads(3, 4), heads(5, 4), heads(5, 4)},
          "attention: got 3 queries and 5 keys, expected equally many where later keys are not seen.");
  const TensorType step{DType::i64, {}};
  refused({.dropout = 1}, {heads(3, 4), heads(5, 4), heads(5, 4), step},
          "attention: got the dropout 1, expected one in [0, 1).");
  refused({.has_lengths = true}, {heads(3, 4), heads(5, 4), heads(5, 4), {DType::i32, {3}}},
          "attention: got i32[3] and i32[2], expected operands of one type.");
}

TEST(Attention, APartKnowsWhereItLies) {
  const std::vector<TensorType> whole{heads(8, 4), heads(8, 2), heads(8, 2)};
  const Attention op(AttentionForm{.causal = true});
  const std::vector<TensorType> outputs = op.infer(whole);
  const std::vector<Region> inputs{{{{0, 2}, {3, 6}, {2, 4}, {0, 4}}},
                                   {{{0, 2}, {0, 8}, {1, 2}, {0, 4}}},
                                   {{{0, 2}, {0, 8}, {1, 2}, {0, 4}}}};
  const std::vector<Region> out{{{{0, 2}, {3, 6}, {2, 4}, {0, 4}}}, {{{0, 2}, {2, 4}, {3, 6}}}};
  const OpPtr part = op.localize({whole, outputs, inputs, out});
  const AttentionForm& form = static_cast<const Attention&>(*part).form;
  EXPECT_EQ(form.first_query, 3);
  EXPECT_EQ(form.first_head, 2);
  EXPECT_EQ(form.heads, 4);
  EXPECT_EQ(form.queries, 8);
  // Fewer queries than keys, and later keys are still not seen.
  EXPECT_EQ(part->infer(std::vector<TensorType>{heads(3, 2), heads(8, 1), heads(8, 1)})[0], heads(3, 2));
}

TEST(Attention, SplitsQueriesWhereKeysAreOperandsOfTheirOwn) {
  const auto kind_of_queries = [](const AttentionForm& form, const std::vector<TensorType>& inputs) {
    const Attention op(form);
    const IndexMap map = op.index_map(inputs, op.infer(inputs));
    return map.axes[static_cast<size_t>(map.outputs[0][1].terms.front().axis)].kind;
  };
  EXPECT_EQ(kind_of_queries({}, {heads(8, 4), heads(8, 4), heads(8, 4)}), AxisKind::parallel);
  EXPECT_EQ(kind_of_queries({.packed = true}, {{DType::f32, {2, 8, 3, 4, 4}}}), AxisKind::whole);
}

}  // namespace
}  // namespace weft::testing
