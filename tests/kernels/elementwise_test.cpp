// Sums, and what bodies of elementwise functions promise beyond the forms that pointwise_test.cpp runs them
// by.
#include "weft/kernels/elementwise.h"

#include "tests/golden.h"
#include "tests/kernels/tensor.h"
#include "weft/kernels/elementwise_naive.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::expect_equal;
using testing::Tensor;

const std::vector<int64_t> kSizes = {0, 1, 3, 17, 1007, 50021};

TEST(Elementwise, SumsOfManyAgreeWithTheirDefinition) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : kSizes) {
      std::vector<Tensor> in;
      for (uint32_t i = 0; i < 5; ++i) in.push_back(Tensor::random(dtype, {n}, i));
      const std::vector<View> views(in.begin(), in.end());
      Tensor out(dtype, {n}), plain(dtype, {n});
      add_n(views, out);
      naive::add_n(views, plain);
      expect_close(out, plain);
      add_n(views, in[0]);
      expect_equal(in[0], out);
    }
  }
}

TEST(Elementwise, SumsAgreeWithTheirDefinitions) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : kSizes) {
      const Tensor x = Tensor::random(dtype, {n}, 1);
      double squares = 0, sum = 0;
      for (int64_t i = 0; i < n; ++i) {
        squares += x.get(i) * x.get(i);
        sum += x.get(i);
      }
      Tensor out(DType::f32, {});
      sum_squares(x, out);
      EXPECT_NEAR(out.get(0), squares, 2e-6 * (1 + squares));
      reduce_sum(x, out, 0.1);
      // Terms of both signs: what is left of 50021 of them keeps the rounding of their magnitudes.
      EXPECT_NEAR(out.get(0), 0.1 * sum, 1e-5 * std::sqrt(static_cast<double>(n + 1)));
    }
  }
}

TEST(ColumnSum, AgreesWithItsDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : {1, 3, 64, 65, 300, 1007}) {
      for (const int64_t rows : {0, 1, 6, 301, 1111}) {
        const Tensor x = Tensor::random(dtype, {rows, n}, 1, 0, 1);
        Tensor out(DType::f32, {n});
        column_sum(x, out);
        for (int64_t j = 0; j < n; ++j) {
          double sum = 0;
          for (int64_t row = 0; row < rows; ++row) sum += x.get(row * n + j);
          ASSERT_NEAR(out.get(j), sum, 2e-6 * (1 + sum)) << "column " << j;
        }
      }
    }
  }
}

TEST(Gelu, HasTheValuesAndSlopesOfPyTorch) {
  const testing::Golden golden("tests/kernels/golden.txt");
  const auto n = static_cast<int64_t>(golden["gelu.x"].size());
  const Tensor x = Tensor::of(DType::f32, {n}, golden["gelu.x"]);
  const Tensor ones = Tensor::of(DType::f32, {n}, std::vector<double>(static_cast<size_t>(n), 1.0));
  Tensor out(DType::f32, {n});
  for (const bool tanh_form : {true, false}) {
    const std::string name = tanh_form ? "gelu.tanh" : "gelu.none";
    gelu(x, out, tanh_form);
    for (int64_t i = 0; i < n; ++i) {
      const double want = golden[name][static_cast<size_t>(i)];
      EXPECT_NEAR(out.get(i), want, 1e-6 * std::max(1.0, std::abs(want))) << name << " of " << x.get(i);
    }
    gelu_backward(ones, x, out, tanh_form);
    for (int64_t i = 0; i < n; ++i) {
      EXPECT_NEAR(out.get(i), golden[name + ".slope"][static_cast<size_t>(i)], 2e-6)
          << name << " at " << x.get(i);
    }
  }
}

TEST(Elementwise, RejectsABiasThatDoesNotDivide) {
  const Tensor a(DType::f32, {2, 5}), b(DType::f32, {3});
  try {
    add(a, b, a);
    FAIL() << "no error";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("f32[2, 5] beside f32[3]"), std::string::npos) << error.what();
  }
}

TEST(Elementwise, BodiesRejectWhatTheyDoNotServe) {
  const Tensor wide(DType::f64, {3});
  EXPECT_THROW(relu(wide, wide), InternalError);
  EXPECT_THROW(add(wide, wide, wide), InternalError);
}

}  // namespace
}  // namespace weft::kernels
