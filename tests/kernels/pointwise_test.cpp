#include "weft/kernels/pointwise.h"

#include "tests/kernels/pointwise_cases.h"
#include "weft/expression/simplify.h"
#include "weft/kernels/cpu/pointwise_forms.h"
#include "weft/kernels/cpu/pointwise_tape.h"

namespace weft::kernels {
namespace {

void expect_random_cases(std::span<const DType> reals, uint64_t first, uint64_t count) {
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const Case made = random_case(seed, reals);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text_of(made));
    expect_naive(made, run_fast(made, PointwiseBodies::interpreted_only));
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(Pointwise, AgreesWithItsDefinitionInF32) { expect_random_cases(std::array{DType::f32}, 0, 400); }
TEST(Pointwise, AgreesWithItsDefinitionInBf16BesideF32) {
  expect_random_cases(std::array{DType::bf16, DType::f32, DType::bf16}, 1000, 400);
}
TEST(Pointwise, AgreesWithItsDefinitionInF64BesideOthers) {
  expect_random_cases(std::array{DType::f64, DType::f32, DType::bf16, DType::f64}, 2000, 400);
}

TEST(Pointwise, GivesWholeNumbersAndBooleansExactly) {
  const TensorType whole{DType::i32, {5, 77}}, real{DType::f32, {5, 77}};
  for (const DType result : {DType::i32, DType::i64, DType::u8}) {
    expect_naive(simple_case("n0 * 2 + 3", {whole}, result),
                 run_fast(simple_case("n0 * 2 + 3", {whole}, result)));
    for (const char* text :
         {"x0 > 0.5", "integer(x0 * x0)", "integer(x0 < 0.1) + 1", "boolean(integer(x0))"}) {
      const Case made = simple_case(text, {real}, result);
      SCOPED_TRACE(text);
      const std::vector<Tensor> want = run_naive(made);
      testing::expect_equal(run_fast(made)[0], want[0]);
    }
  }
}

TEST(Pointwise, GivesTheNearestIntegerThatAResultHas) {
  Case wide = simple_case("n0 * 2", {{DType::i32, {5}}}, DType::u8);
  wide.operands[0] = Tensor::of(DType::i32, {5}, {-1, 0, 100, 127, 128});
  Case odd = simple_case("integer(x0)", {{DType::f32, {4}}}, DType::u8);
  odd.operands[0] = Tensor::of(DType::f32, {4}, {NAN, -3.5, 255.9, 300});
  Case back = simple_case("real(integer(x0))", {{DType::f32, {3}}}, DType::f32);
  back.operands[0] = Tensor::of(DType::f32, {3}, {NAN, -3.5, 2.5});
  for (const auto run : {run_naive, +[](const Case& made) { return run_fast(made); }}) {
    testing::expect_equal(run(wide)[0], Tensor::of(DType::u8, {5}, {0, 0, 200, 254, 255}));
    testing::expect_equal(run(odd)[0], Tensor::of(DType::u8, {4}, {0, 0, 255, 255}));
    testing::expect_equal(run(back)[0], Tensor::of(DType::f32, {3}, {0, -3, 2}));
  }
}

TEST(Pointwise, SumsIntoTheNearestIntegerThatAResultHas) {
  Case made;
  made.spec = {parse_expression("n0"), Region::all({300}), {300}, {{0}}, {{}}, {find_reduction("sum")}};
  made.operands = {Tensor::of(DType::u8, {300}, std::vector<double>(300, 1))};
  made.results = {DType::u8};
  testing::expect_equal(run_naive(made)[0], Tensor::of(DType::u8, {}, {255}));
  testing::expect_equal(run_fast(made)[0], Tensor::of(DType::u8, {}, {255}));
}

/// What functions make of large, small and special arguments.
TEST(Pointwise, TreatsTheEndsOfTheRange) {
  const std::vector<double> ends = {0,    -0.0, 1e-30, -1e-30, 1e-8,     0.999,     1,    -1,  1.001,
                                    3.9,  4.1,  -30,   30,     88,       -88,       -100, 100, 1e4,
                                    -1e4, 1e5,  -1e10, 1e30,   INFINITY, -INFINITY, NAN};
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
    for (const Function& row : functions()) {
      if (row.arity != 1 || (row.signature != Signature::real && row.signature != Signature::arithmetic))
        continue;
      Case made =
          simple_case(std::string(row.name) + "(x0)", {{dtype, {static_cast<int64_t>(ends.size())}}}, dtype);
      for (size_t i = 0; i < ends.size(); ++i) {
        made.operands[0].set(static_cast<int64_t>(i), ends[i]);
      }
      SCOPED_TRACE(row.name);
      const std::vector<Tensor> got = run_fast(made), want = run_naive(made);
      for (int64_t i = 0; i < got[0].elems(); ++i) {
        const double expected = want[0].get(i);
        if (std::isnan(expected)) {
          EXPECT_TRUE(std::isnan(got[0].get(i))) << "of " << ends[static_cast<size_t>(i)];
        } else if (std::isinf(expected)) {
          EXPECT_EQ(got[0].get(i), expected) << "of " << ends[static_cast<size_t>(i)];
        } else {
          EXPECT_NEAR(got[0].get(i), expected, testing::tolerance_of(dtype) * std::abs(expected) + 1e-37)
              << "of " << ends[static_cast<size_t>(i)];
        }
      }
    }
  }
}

/// Expressions with a hand-written body, and how many operands they have.
constexpr std::pair<const char*, size_t> kForms[] = {
    {"0.75", 0},
    {"x0", 1},
    {"x0 + x1", 2},
    {"x1 * x0", 2},
    {"x0 * 0.37", 1},
    {"max(x0, 0.0)", 1},
    {"select(x0 > 0.0, x1, 0.0)", 2},
    {"tanh(x0)", 1},
    {"x1 * (1.0 - x0 * x0)", 2},
    {"0.5 * x0 * (1.0 + tanh(x0 * (0.7978845608028654 + 0.035677408136300125 * (x0 * x0))))", 1},
    {"0.5 * x0 * (1.0 + erf(x0 * 0.7071067811865476))", 1},
    {"select(random[5, 6, 0, 1](n1) >= 19661, x0 * 1.4285714285714286, 0.0)", 2},
};

Case form_case(std::string_view text, size_t operands, DType dtype, const Dims& shape) {
  std::vector<TensorType> types(operands, TensorType{dtype, shape});
  if (text.find("random") != std::string_view::npos) types[1] = {DType::i64, {}};
  if (types.empty()) types.push_back({dtype, shape});  // says the shape only
  Case made = simple_case(text, types, dtype);
  made.spec.expression = simplify(made.spec.expression);
  return made;
}

bool has_form(const Case& made) {
  return find_pointwise_form(made.spec, types_of(made.operands), types_of(results_of(made))).has_value();
}

TEST(Pointwise, RunsHandWrittenBodiesOfCanonicalForms) {
  for (const auto& [text, operands] : kForms) {
    SCOPED_TRACE(text);
    for (const DType dtype : testing::kFastTypes) {
      for (const Dims& shape :
           {Dims{7, 331}, Dims{1, 1}, Dims{1, 17}, Dims{3, 5}, Dims{53, 1007}, Dims{0, 4}}) {
        const Case made = form_case(text, operands, dtype, shape);
        EXPECT_TRUE(has_form(made));
        expect_naive(made, run_fast(made));
        expect_naive(made, run_fast(made, PointwiseBodies::interpreted_only));
      }
      EXPECT_FALSE(has_form(form_case(text, operands, DType::f64, {3, 5})));
      if (operands == 0) continue;
      Case turned = form_case(text, operands, dtype, {5, 5});
      turned.spec.operand_axes[0] = {1, 0};
      EXPECT_FALSE(has_form(turned)) << "of an operand that lies otherwise";
    }
  }
}

void expect_same_in_place(const Case& made) {
  const std::vector<Tensor> apart = run_fast(made);
  const Kernel kernel = fast_kernel(made);
  for (size_t over = 0; over < made.operands.size(); ++over) {
    if (made.operands[over].type() != apart[0].type()) continue;
    const std::vector<Tensor> operands = made.operands;
    const std::vector<View> in(operands.begin(), operands.end());
    run(kernel, in, std::span(&in[over], 1));
    testing::expect_equal(operands[over], apart[0]);
  }
}

TEST(Pointwise, WritesOverAnOperandOfItsAxes) {
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
    for (const int64_t n : {5, 64, 1007, 40000}) {
      expect_same_in_place(form_case("tanh(x0) * x0 + x1", 2, dtype, {1, n}));
      for (const auto& [text, operands] : kForms)
        expect_same_in_place(form_case(text, operands, dtype, {1, n}));
    }
  }
}

/// Larger expressions with parts that one pass computes; some of which others read too.
TEST(Pointwise, JoinsPartsOfLargerExpressions) {
  const std::string gelu = "0.5 * t * (1 + tanh(t * (0.7978845608028654 + 0.035677408136300125 * (t * t))))";
  const std::string by_erf = "0.5 * t * (1 + erf(t * 0.7071067811865476))";
  for (const std::string& text :
       {"t = x0 + x1; " + gelu, "t = x0 * x1; " + by_erf + " * x1", "t = x0; " + gelu + ", t * t",
        std::string("x0 * x1 + x0"), std::string("x0 * x1 - x1"), std::string("x1 - x0 * x1"),
        std::string("s = x0 * x1; s + x0, s - x1"), std::string("exp(x1) * (1 - x0 * x0)"),
        std::string("select(x0 * x1 > 0, x0 + x1, 0)")}) {
    SCOPED_TRACE(text);
    for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
      Case made = simple_case("x0", {{dtype, {9, 301}}, {dtype, {301}}}, dtype);
      made.spec.expression = simplify(parse_expression(text));
      made.spec.result_axes.resize(made.spec.expression.results.size(), made.spec.result_axes[0]);
      made.results.resize(made.spec.expression.results.size(), dtype);
      made.spec.rules.resize(made.spec.expression.results.size());
      expect_naive(made, run_fast(made));
    }
  }
}

TEST(Pointwise, TakesAsFewPassesAsItCan) {
  const auto steps = [](std::string_view text) {
    const TensorType type{DType::f32, {8}};
    return compile_tape(simplify(parse_expression(text)), std::vector(2, type), std::vector{type})
        .steps.size();
  };
  EXPECT_EQ(steps("x0 * x1 + 1"), 1u);
  EXPECT_EQ(steps("1 - x0 * x1"), 1u);
  EXPECT_EQ(steps("t = x0 + x1; 0.5 * t * (1 + erf(t * 0.7071067811865476))"), 2u);
  EXPECT_EQ(steps("select(x0 > 0, x1, 0)"), 1u);
  EXPECT_EQ(steps("s = x0 * x1; (s + 1) * exp(s)"), 4u) << "the product is read twice";
}

TEST(Pointwise, RoundsCastsBetweenAllFloatingTypes) {
  constexpr DType kTypes[] = {DType::f64, DType::f32, DType::bf16};
  for (const DType from : kTypes) {
    for (const DType to : kTypes) {
      Case made = simple_case("x0", {{from, {1007}}}, to);
      made.operands[0] = Tensor::random(from, {1007}, 1, -1e4, 1e4);
      made.operands[0].set(5, std::nan(""));
      made.operands[0].set(1005, INFINITY);
      testing::expect_equal(run_fast(made)[0], run_naive(made)[0]);
    }
  }
}

TEST(Pointwise, RepeatsABiasInTheHandWrittenSum) {
  for (const DType of_bias : testing::kFastTypes) {
    Case made = simple_case("x0 + x1", {{DType::bf16, {9, 5, 33}}, {of_bias, {33}}}, DType::bf16);
    EXPECT_TRUE(find_pointwise_form(made.spec, types_of(made.operands), types_of(results_of(made))));
    expect_naive(made, run_fast(made));
  }
}

/// The masks of composed dropout are those of the kernel, bit for bit, on a part of the whole too.
TEST(Pointwise, DrawsTheMasksOfDropout) {
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
    Case made = simple_case("select(random[9, 4, 0, 1](n1) >= 19661, x0 * 1.4285714285714286, 0.0)",
                            {{dtype, {40, 77}}, {DType::i64, {}}}, dtype);
    made.operands[1].set(0, 12);
    made.spec.space = {100, 90};
    made.spec.region = {{{30, 70}, {13, 90}}};
    Tensor want(dtype, {40, 77});
    for (int64_t i = 0; i < want.elems(); ++i) {
      const auto g = static_cast<uint64_t>((i / 77 + 30) * 90 + i % 77 + 13);
      const RandomStream stream{9, 4, 12};
      const uint32_t bits = (stream.block(g / 8)[g % 8 / 2] >> (16 * (g % 2))) & 0xffffu;
      want.set(i, bits >= 19661 ? made.operands[0].get(i) * 1.4285714285714286 : 0);
    }
    for (const PointwiseBodies bodies : {PointwiseBodies::hand_written, PointwiseBodies::interpreted_only}) {
      const Tensor got = run_fast(made, bodies)[0];
      testing::expect_close(got, want);
      for (int64_t i = 0; i < want.elems(); ++i) ASSERT_EQ(got.get(i) == 0, want.get(i) == 0) << i;
    }
  }
}

}  // namespace
}  // namespace weft::kernels
