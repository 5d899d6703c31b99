// Pointwise with reductions: the vector kernel against the definition.
#include <gtest/gtest.h>

#include "tests/kernels/pointwise_cases.h"
#include "weft/base/threads.h"
#include "weft/expression/simplify.h"
#include "weft/kernels/cpu/pointwise_forms.h"

namespace weft::kernels {
namespace {

/// Makes some results of a random case reductions along random axes, by random rules.
Case reduced_case(uint64_t seed, std::span<const DType> reals) {
  Case made = random_case(seed, reals);
  const Between between = testing::draws(seed + 100000);
  const auto outputs = std::move(made.results);
  made.results.clear();
  for (size_t r = 0; r < outputs.size(); ++r) {
    if (r > 0 && between(0, 2) == 0) {
      made.results.push_back(outputs[r]);
      continue;
    }
    const Reduction& rule = reductions()[static_cast<size_t>(between(0, std::ssize(reductions()) - 1))];
    std::vector<int>& kept = made.spec.result_axes[r];
    switch (between(0, 3)) {
      case 0:
        kept.clear();
        break;
      case 1:  // rows
        kept.resize(kept.size() / 2);
        break;
      case 2:  // columns
        kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(kept.size() / 2));
        break;
      default:
        std::erase_if(kept, [&](int) { return between(0, 1) == 0; });
    }
    made.spec.rules[r] = &rule;
    for (size_t c = 0; c < rule.components; ++c) {
      made.results.push_back(rule.component[c].is_position ? DType::i32 : outputs[r]);
    }
  }
  return made;
}

int64_t points_of(const Case& made, size_t r) {
  int64_t kept = 1;
  for (const int axis : made.spec.result_axes[r]) {
    kept *= made.spec.region.ranges[static_cast<size_t>(axis)].size();
  }
  return kept == 0 ? 1 : std::max<int64_t>(1, made.spec.region.elems() / kept);
}

bool finds_positions(const Case& made) {
  return std::any_of(made.spec.rules.begin(), made.spec.rules.end(),
                     [](const Reduction* rule) { return rule != nullptr && rule->reads_position; });
}

/// How many terms' errors add up in a result; the other rules' are of positive terms, or of one.
double terms_of(const Reduction* rule, double points) {
  return rule != nullptr && rule->name == "sum" ? points : 0;
}

/// Terms have magnitudes of at most about `kMagnitude`.
void expect_reduced(const Case& made, const std::vector<Tensor>& got, const std::vector<Tensor>& want) {
  constexpr double kMagnitude = 8;
  for (size_t r = 0, o = 0; r < made.spec.rules.size(); ++r) {
    const auto points = static_cast<double>(made.spec.rules[r] == nullptr ? 0 : points_of(made, r));
    for (size_t c = 0; c < components_of(made.spec.rules[r]); ++c, ++o) {
      SCOPED_TRACE("output " + std::to_string(o));
      const double one = tolerance_of(made, made.results[o]);
      // Random signs: errors add up like steps of a walk.
      const double walk = 4 * std::sqrt(terms_of(made.spec.rules[r], points)) * kMagnitude;
      for (int64_t i = 0; i < want[o].elems(); ++i) {
        const double expected = want[o].get(i);
        if (std::isinf(expected)) {
          ASSERT_EQ(got[o].get(i), expected) << "element " << i;
        } else {
          ASSERT_NEAR(got[o].get(i), expected, one * (1 + std::abs(expected) + walk)) << "element " << i;
        }
      }
    }
  }
}

bool is_exact(const Reduction& rule) {
  return rule.combine == Combine::max || rule.combine == Combine::min || rule.reads_position;
}

void expect_reduced(const Case& made, const std::vector<Tensor>& got) {
  expect_reduced(made, got, run_naive(made));
}

void expect_random_reductions(std::span<const DType> reals, uint64_t first, uint64_t count) {
  int seen = 0;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const Case made = reduced_case(seed, reals);
    // Of two values that are nearly equal, rounding decides which is the greatest.
    if (finds_positions(made) && tolerance_of(made, DType::f64) > 1e-9) continue;
    if (finds_positions(made) && std::find(reals.begin(), reals.end(), DType::f64) == reals.end()) continue;
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text_of(made));
    expect_reduced(made, run_fast(made, PointwiseBodies::interpreted_only));
    if (::testing::Test::HasFatalFailure()) return;
    ++seen;
  }
  EXPECT_GE(seen, static_cast<int>(count / 2));
}

TEST(Reduce, AgreesWithItsDefinitionInF32) { expect_random_reductions(std::array{DType::f32}, 0, 400); }
TEST(Reduce, AgreesWithItsDefinitionInBf16BesideF32) {
  expect_random_reductions(std::array{DType::bf16, DType::f32, DType::f32}, 1000, 400);
}
TEST(Reduce, AgreesWithItsDefinitionInF64) { expect_random_reductions(std::array{DType::f64}, 2000, 400); }

/// `kept` of the axes of one operand.
Case plain_case(std::string_view rule, std::string_view text, DType dtype, const Dims& shape,
                std::vector<int> kept) {
  Case made;
  made.spec.expression = simplify(parse_expression(text));
  made.spec.space = shape;
  made.spec.region = Region::all(shape);
  std::vector<int> all;
  for (int axis = 0; axis < static_cast<int>(shape.size()); ++axis) all.push_back(axis);
  add_operand(made, all, dtype, 3);
  made.spec.result_axes = {std::move(kept)};
  made.spec.rules = {find_reduction(rule)};
  for (size_t c = 0; c < made.spec.rules[0]->components; ++c) {
    const bool position = made.spec.rules[0]->component[c].is_position;
    made.results.push_back(position ? DType::i32 : dtype == DType::f64 ? DType::f64 : DType::f32);
  }
  return made;
}

TEST(Reduce, EveryRuleTakesLongRowsLongColumnsAndAll) {
  const int before = threads();
  for (const Reduction& rule : reductions()) {
    for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
      for (const Dims& shape : {Dims{1, 70001}, Dims{60000, 3}, Dims{300, 257}, Dims{5, 4099}, Dims{2, 0},
                                Dims{7, 10}, Dims{20011, 10}}) {
        for (const std::vector<int>& kept : {std::vector<int>{0}, std::vector<int>{1}, std::vector<int>{}}) {
          const Case made = plain_case(rule.name, "x0", dtype, shape, kept);
          SCOPED_TRACE(std::string(rule.name) + " " + text_of(made) + " keeps " +
                       std::to_string(kept.size()));
          const std::vector<Tensor> want = run_naive(made);
          for (const int count : {1, 4}) {
            set_threads(count);
            const std::vector<Tensor> got = run_fast(made);
            set_threads(before);
            expect_reduced(made, got, want);
            if (is_exact(rule)) testing::expect_equal(got[0], want[0]);
            if (HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

TEST(Reduce, MayWriteOverWhatItReduces) {
  const int before = threads();
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
    // A map over x0, and sums of x0 along rows, along columns and of all.
    Case made = plain_case("sum", "x0", dtype, {300, 257}, {});
    made.spec.expression = simplify(parse_expression("x0 * 2 + 1, x0, x0, x0"));
    made.spec.result_axes = {{0, 1}, {0}, {1}, {}};
    made.spec.rules = {nullptr, find_reduction("sum"), find_reduction("moments"), find_reduction("max")};
    const DType sums = dtype == DType::f64 ? DType::f64 : DType::f32;
    made.results = {dtype, sums, sums, sums, sums};
    set_threads(4);
    const Kernel kernel = fast_kernel(made, PointwiseBodies::interpreted_only);
    std::vector<Tensor> apart = run(kernel, made);
    expect_reduced(made, apart);
    std::vector<Tensor> over = results_of(made);
    over[0] = made.operands[0];
    std::vector<View> out(over.begin(), over.end());
    run(kernel, std::span(out.data(), 1), out);
    set_threads(before);
    for (size_t o = 0; o < over.size(); ++o) testing::expect_equal(over[o], apart[o]);
  }
}

TEST(Reduce, WholeNumbersHaveSumsMaximaAndMinima) {
  for (const char* rule : {"sum", "max", "min", "argmax"}) {
    for (const int64_t columns : {0, 1, 77}) {
      Case made = plain_case(rule, "n0", DType::f32, {3, columns}, {0});
      made.operands[0] = Tensor::random(DType::i32, {3, columns}, 4, -9, 9);
      made.results[0] = DType::i32;
      const std::vector<Tensor> got = run_fast(made), want = run_naive(made);
      for (size_t o = 0; o < want.size(); ++o) testing::expect_equal(got[o], want[o]);
      if (columns == 0 && std::string_view(rule) == "max") {
        EXPECT_EQ(got[0].get(0), INT32_MIN);
      }
    }
  }
}

TEST(Reduce, NotANumberIsSeen) {
  for (const Reduction& rule : reductions()) {
    for (const std::vector<int>& kept : {std::vector<int>{0}, std::vector<int>{1}}) {
      Case made = plain_case(rule.name, "x0", DType::f32, {3, 40}, kept);
      made.operands[0].set(45, NAN);  // row 1, column 5
      SCOPED_TRACE(rule.name);
      for (const auto bodies : {PointwiseBodies::hand_written, PointwiseBodies::interpreted_only}) {
        const std::vector<Tensor> got = run_fast(made, bodies);
        for (int64_t i = 0; i < got[0].elems(); ++i) {
          EXPECT_EQ(std::isnan(got[0].get(i)), i == (kept[0] == 0 ? 1 : 5)) << "element " << i;
        }
      }
    }
  }
}

TEST(Reduce, BearsInfinities) {
  for (const Reduction& rule : reductions()) {
    if (rule.name == "sum" || rule.name == "moments") continue;
    for (const DType dtype : {DType::f32, DType::f64}) {
      Case made = plain_case(rule.name, "x0", dtype, {4, 90}, {0});
      for (int64_t i = 0; i < 90; ++i) {
        made.operands[0].set(i, -INFINITY);                                // all of row 0
        made.operands[0].set(90 + i, i % 3 == 0 ? 0.25 : -INFINITY);       // most of row 1
        made.operands[0].set(180 + i, i == 70 ? INFINITY : 0.01 * i - 1);  // one of row 2
      }
      SCOPED_TRACE(rule.name);
      for (const auto bodies : {PointwiseBodies::hand_written, PointwiseBodies::interpreted_only}) {
        expect_reduced(made, run_fast(made, bodies));
      }
    }
  }
}

TEST(Reduce, SumsOfManyTermsStayExact) {
  // A running sum in f32 would stop growing at 2^24.
  Case made = plain_case("sum", "x0 * x0 + 0.25", DType::f32, {20000000}, {});
  for (int64_t i = 0; i < made.operands[0].elems(); ++i) made.operands[0].set(i, 1);
  EXPECT_FALSE(find_pointwise_form(made.spec, types_of(made.operands), types_of(results_of(made))));
  EXPECT_EQ(run_fast(made)[0].get(0), 25000000);
}

TEST(Reduce, RunsHandWrittenSums) {
  const auto form_of = [](const Case& made) {
    return find_pointwise_form(made.spec, types_of(made.operands), types_of(results_of(made))).has_value();
  };
  for (const char* text : {"x0", "x0 * 0.5", "x0 * x0"}) {
    for (const DType dtype : testing::kFastTypes) {
      SCOPED_TRACE(text);
      const Case all = plain_case("sum", text, dtype, {31, 77}, {});
      EXPECT_TRUE(form_of(all));
      expect_reduced(all, run_fast(all));
    }
    EXPECT_FALSE(form_of(plain_case("sum", text, DType::f64, {31, 77}, {})));
    EXPECT_FALSE(form_of(plain_case("max", text, DType::f32, {31, 77}, {})));
    EXPECT_FALSE(form_of(plain_case("sum", text, DType::f32, {31, 77}, {0})));
  }
  const Case columns = plain_case("sum", "x0", DType::f32, {31, 77}, {1});
  EXPECT_TRUE(form_of(columns));
  expect_reduced(columns, run_fast(columns));
}

}  // namespace
}  // namespace weft::kernels
