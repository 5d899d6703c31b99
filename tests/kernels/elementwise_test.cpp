#include "weft/kernels/elementwise.h"

#include "tests/kernels/golden.h"
#include "tests/kernels/tensor.h"
#include "weft/kernels/elementwise_naive.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::expect_equal;
using testing::Tensor;

const std::vector<int64_t> kSizes = {0, 1, 3, 17, 1007, 50021};

using Binary = void (*)(const View&, const View&, const View&);
struct BinaryPair {
  Binary fast, plain;
};
constexpr BinaryPair kBinary[] = {{add, naive::add},
                                  {multiply, naive::multiply},
                                  {relu_backward, naive::relu_backward},
                                  {tanh_backward, naive::tanh_backward}};

void compare(const BinaryPair& pair, const Tensor& a, const Tensor& b) {
  SCOPED_TRACE(to_string(a.type()) + " and " + to_string(b.type()));
  Tensor out(a.type().dtype, a.type().shape), plain(a.type().dtype, a.type().shape);
  pair.fast(a, b, out);
  pair.plain(a, b, plain);
  expect_close(out, plain);
  pair.fast(a, b, a);
  expect_equal(a, out);
}

TEST(Elementwise, PairsAgreeWithTheirDefinitions) {
  for (const BinaryPair& pair : kBinary) {
    for (const DType dtype : testing::kFastTypes) {
      for (const int64_t n : kSizes)
        compare(pair, Tensor::random(dtype, {n}, 1), Tensor::random(dtype, {n}, 2));
    }
  }
}

TEST(Elementwise, ABiasRepeats) {
  for (const BinaryPair& pair : kBinary) {
    for (const DType dtype : testing::kFastTypes) {
      for (const DType of_bias : testing::kFastTypes) {
        if (dtype == DType::f32 && of_bias == DType::bf16) continue;
        for (const int64_t n : {1, 3, 64, 77}) {
          compare(pair, Tensor::random(dtype, {411, n}, 1), Tensor::random(of_bias, {n}, 2));
        }
      }
    }
  }
}

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

TEST(Elementwise, FunctionsAgreeWithTheirDefinitions) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : kSizes) {
      const Tensor x = Tensor::random(dtype, {n}, 1, -6, 6), dy = Tensor::random(dtype, {n}, 2);
      Tensor out(dtype, {n}), plain(dtype, {n});
      scale(x, 0.37, out);
      naive::scale(x, 0.37, plain);
      expect_close(out, plain);
      relu(x, out);
      naive::relu(x, plain);
      expect_equal(out, plain);
      tanh(x, out);
      naive::tanh(x, plain);
      expect_close(out, plain);
      for (const bool tanh_form : {true, false}) {
        gelu(x, out, tanh_form);
        naive::gelu(x, plain, tanh_form);
        expect_close(out, plain);
        gelu_backward(dy, x, out, tanh_form);
        naive::gelu_backward(dy, x, plain, tanh_form);
        expect_close(out, plain);
      }
      fill(out, 2.5);
      for (int64_t i = 0; i < n; ++i) ASSERT_EQ(out.get(i), 2.5);
      out.expect_guard();
    }
  }
}

TEST(Cast, RoundsAsItsDefinitionBetweenAllFloatingTypes) {
  const DType types[] = {DType::f64, DType::f32, DType::bf16};
  for (const DType from : types) {
    for (const DType to : types) {
      Tensor x = Tensor::random(from, {1007}, 1, -1e4, 1e4);
      x.set(5, std::nan(""));
      x.set(1005, INFINITY);
      Tensor out(to, {1007}), plain(to, {1007});
      cast(x, out);
      naive::cast(x, plain);
      expect_equal(out, plain);
    }
  }
}

TEST(Elementwise, SumsAgreeWithTheirDefinitions) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : kSizes) {
      const Tensor x = Tensor::random(dtype, {n}, 1);
      Tensor out(DType::f32, {}), plain(DType::f32, {});
      sum_squares(x, out);
      naive::sum_squares(x, plain);
      expect_close(out, plain, 2e-6);
      reduce_sum(x, out, 0.1);
      naive::reduce_sum(x, plain, 0.1);
      // Terms of both signs: what is left of 50021 of them keeps the rounding of their magnitudes.
      EXPECT_NEAR(out.get(0), plain.get(0), 1e-5 * std::sqrt(static_cast<double>(n + 1)));
    }
  }
}

TEST(ColumnSum, AgreesWithItsDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : {1, 3, 64, 65, 300, 1007}) {
      for (const int64_t rows : {0, 1, 6, 301, 1111}) {
        const Tensor x = Tensor::random(dtype, {rows, n}, 1, 0, 1);
        Tensor out(DType::f32, {n}), plain(DType::f32, {n});
        column_sum(x, out);
        naive::column_sum(x, plain);
        // The definition itself sums 1111 terms in f32: half a spacing each.
        expect_close(out, plain, 3e-5);
      }
    }
  }
}

TEST(Gelu, HasTheValuesAndSlopesOfPyTorch) {
  const testing::Golden golden;
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

}  // namespace
}  // namespace weft::kernels
