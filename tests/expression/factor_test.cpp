#include "weft/expression/factor.h"

#include <gtest/gtest.h>

#include "weft/expression/simplify.h"
#include "weft/expression/text.h"

namespace weft {
namespace {

/// x0 and the position along axis 0 vary, other operands do not.
Factors split(std::string_view text) {
  return factor(simplify(parse_expression(text)), 0, [](const ScalarNode& leaf) {
    return leaf.kind != ScalarNode::Kind::operand || leaf.number == 0;
  });
}

std::string canonical(std::string_view text) { return to_string(simplify(parse_expression(text))); }

TEST(Factor, TakesWhatDoesNotVaryOutOfProducts) {
  const std::pair<std::string_view, std::pair<std::string_view, std::string_view>> cases[] = {
      {"x0 * x1", {"x0", "x1"}},
      {"-(x0 * x1)", {"x0", "-x1"}},
      {"-x0", {"x0", "-1.0"}},
      {"x0 * 3", {"x0", "3.0"}},
      {"x0 * x0 * x1 * x2", {"x0 * x0", "x1 * x2"}},
      {"x0 / x1", {"x0", "1.0 / x1"}},
      {"x0 * x2 / x1", {"x0", "x2 / x1"}},
      {"(x0 - x1) * tanh(x2)", {"x0 - x1", "tanh(x2)"}},
      {"x0 * real(index[0]) * (x1 + x2)", {"x0 * real(index[0])", "x1 + x2"}},
      {"3 * x0 * x1", {"x0", "x1 * 3.0"}},
  };
  for (const auto& [text, parts] : cases) {
    SCOPED_TRACE(text);
    const Factors found = split(text);
    EXPECT_EQ(to_string(found.varying), canonical(parts.first));
    EXPECT_EQ(to_string(found.fixed), canonical(parts.second));
  }
}

TEST(Factor, LeavesSumsAndWhatDoesNotVaryAtAll) {
  for (const std::string_view text : {"x0", "x1", "x1 * x2", "x0 + x1", "x1 / x0", "max(x0 * x1, 0)"}) {
    SCOPED_TRACE(text);
    const Factors found = split(text);
    EXPECT_TRUE(is_one(found.fixed));
    EXPECT_EQ(to_string(found.varying), canonical(text));
  }
}

/// One walk over the nodes, though there are 2^40 paths through them.
TEST(Factor, WalksSharedPartsOnce) {
  std::string text = "t0 = x0 * x0; ";
  for (int i = 1; i < 40; ++i)
    text += "t" + std::to_string(i) + " = t" + std::to_string(i - 1) + " * t" + std::to_string(i - 1) + "; ";
  EXPECT_EQ(to_string(split(text + "t39 * x1").fixed), "x1");
}

}  // namespace
}  // namespace weft
