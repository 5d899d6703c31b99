#include "weft/kernels/cpu/matmul_few_rows.h"

#include "tests/kernels/tensor.h"
#include "weft/base/threads.h"
#include "weft/graph/device.h"
#include "weft/kernels/cpu/widened.h"
#include "weft/ops/linear/packed_matmul.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::expect_equal;
using testing::Tensor;

GemmShape few(int64_t m, int64_t n, int64_t k, DType in, DType out) {
  return {.m = m, .n = n, .k = k, .transpose_b = true, .in = in, .out = out};
}

const DType kTypes[][2] = {{DType::f32, DType::f32}, {DType::bf16, DType::bf16}, {DType::bf16, DType::f32}};

TEST(FewRows, GiveTheDefinitionOnOddShapes) {
  for (const auto& [in, out] : kTypes) {
    for (int64_t m = 1; m <= kMostFewRows; ++m) {
      for (const int64_t n : {0, 1, 7, 301}) {
        for (const int64_t k : {0, 1, 15, 65, 1007}) {
          const GemmShape shape = few(m, n, k, in, out);
          const Tensor a = Tensor::random(in, {m, k}, 1, -1, 1), b = Tensor::random(in, {n, k}, 2, -1, 1);
          Tensor got(out, {m, n}), want(out, {m, n});
          few_rows_product(shape, a.view().data, b.view().data, got.view().data);
          naive_gemm(shape, a.view().data, b.view().data, want.view().data);
          // Sums in another order: f32 rounds partial sums, which grow with the square root of the terms.
          expect_close(got, want, testing::tolerance_of(out) * std::sqrt(static_cast<double>(k) + 1));
        }
      }
    }
  }
}

TEST(FewRows, AreAlikeForEveryNumberOfThreads) {
  const GemmShape shape = few(2, 501, 777, DType::f32, DType::f32);
  const Tensor a = Tensor::random(DType::f32, {2, 777}, 1), b = Tensor::random(DType::f32, {501, 777}, 2);
  Tensor one(DType::f32, {2, 501}), some(DType::f32, {2, 501});
  const int before = threads();
  set_threads(1);
  few_rows_product(shape, a.view().data, b.view().data, one.view().data);
  set_threads(3);
  few_rows_product(shape, a.view().data, b.view().data, some.view().data);
  set_threads(before);
  expect_equal(one, some);
}

TEST(FewRows, AreThoseOfOneProductWithAWeightStoredByItsColumns) {
  const GemmShape row = few(1, 8, 8, DType::f32, DType::f32);
  EXPECT_TRUE(has_few_rows(row));
  const auto but = [&](auto change) {
    GemmShape other = row;
    change(other);
    return has_few_rows(other);
  };
  EXPECT_TRUE(but([](GemmShape& s) { s.transpose_a = true; })) << "one row is its own transpose";
  EXPECT_FALSE(but([](GemmShape& s) {
    s.m = 2;
    s.transpose_a = true;
  }));
  EXPECT_FALSE(but([](GemmShape& s) { s.m = kMostFewRows + 1; }));
  EXPECT_FALSE(but([](GemmShape& s) { s.m = 0; }));
  EXPECT_FALSE(but([](GemmShape& s) { s.batch = 2; }));
  EXPECT_FALSE(but([](GemmShape& s) { s.transpose_b = false; }));
  EXPECT_FALSE(but([](GemmShape& s) { s.in = s.out = DType::f64; }));
}

/// What the cpu would pack of the weight of a product of `rows` rows.
std::optional<PackedForm> packed_form(int64_t rows, DType activations, DType weight) {
  DeviceRegistry devices;
  register_all_devices(devices);
  const Matmul op({.transpose_b = true}, activations);
  const std::vector<TensorType> in{{activations, {rows, 64}}, {weight, {96, 64}}};
  return devices.find("cpu").packed_form({op, in, op.infer(in)});
}

TEST(FewRows, WantTheirWeightAsItIs) {
  for (const DType dtype : testing::kFastTypes) {
    EXPECT_FALSE(packed_form(1, dtype, dtype).has_value());
    if (dtype == DType::bf16 && !onednn_has_bf16()) continue;
    EXPECT_TRUE(packed_form(kMostFewRows + 1, dtype, dtype).has_value());
  }
}

/// Half the bytes to read for each token; no layout of its own.
TEST(FewRows, WantAnF32WeightBesideBf16RoundedOnce) {
  const std::optional<PackedForm> form = packed_form(1, DType::bf16, DType::f32);
  ASSERT_TRUE(form.has_value());
  EXPECT_EQ(form->pack->infer(std::vector<TensorType>{{DType::f32, {96, 64}}})[0].bytes(), 96 * 64 * 2);
  const GemmShape shape = few(1, 96, 64, DType::bf16, DType::bf16);
  const Packer packer(shape, DType::f32);
  EXPECT_EQ(packer.layout(), Gemm(shape, true).packed_layout());
  EXPECT_TRUE(packer.layout().key.starts_with("plain")) << packer.layout().key;
}

}  // namespace
}  // namespace weft::kernels
