#include "weft/kernels/matmul.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "weft/base/check.h"
#include "weft/kernels/cpu/matmul_strategy.h"

namespace weft::kernels {
namespace {

/// 64-byte aligned bytes, larger than asked by a guard that must stay untouched.
class Bytes {
 public:
  explicit Bytes(int64_t count) : count_(count), store_(static_cast<size_t>(count + 128), std::byte{0x5a}) {}
  std::byte* data() {
    const auto address = reinterpret_cast<uintptr_t>(store_.data());
    return store_.data() + (64 - address % 64) % 64;
  }
  void expect_guard() {
    for (int64_t i = 0; i < 64; ++i)
      ASSERT_EQ(data()[count_ + i], std::byte{0x5a}) << "past the end by " << i;
  }

 private:
  int64_t count_;
  std::vector<std::byte> store_;
};

double get(DType dtype, const std::byte* data, int64_t i) {
  if (dtype == DType::f64) return reinterpret_cast<const double*>(data)[i];
  if (dtype == DType::f32) return reinterpret_cast<const float*>(data)[i];
  return static_cast<float>(reinterpret_cast<const BFloat16*>(data)[i]);
}

void set(DType dtype, std::byte* data, int64_t i, double value) {
  if (dtype == DType::f64) reinterpret_cast<double*>(data)[i] = value;
  if (dtype == DType::f32) reinterpret_cast<float*>(data)[i] = static_cast<float>(value);
  if (dtype == DType::bf16) reinterpret_cast<BFloat16*>(data)[i] = BFloat16(static_cast<float>(value));
}

void fill(DType dtype, std::byte* data, int64_t elems, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (int64_t i = 0; i < elems; ++i) set(dtype, data, i, uniform(random));
}

/// Sums of k products of numbers below one: f32 rounds each partial sum (below k) by 2^-24 of it, and the
/// error of random signs grows with sqrt(k); two sums that close may round to neighbouring bf16 numbers, 2^-7
/// apart.
double tolerance(const GemmShape& s, double expected) {
  const double terms = std::sqrt(static_cast<double>(s.k) + 1);
  if (s.in == DType::f64) return 1e-14 * terms * terms;
  const double sum = 4 * std::ldexp(terms * terms, -24);
  return s.out == DType::bf16 ? sum + std::ldexp(std::abs(expected), -7) : sum;
}

void expect_naive(const GemmShape& s, const std::byte* a, const std::byte* b, Bytes& out) {
  const int64_t elems = s.batch * s.m * s.n;
  Bytes expected(elems * bytes_of(s.out));
  naive_gemm(s, a, b, expected.data());
  for (int64_t i = 0; i < elems; ++i) {
    const double want = get(s.out, expected.data(), i);
    ASSERT_NEAR(get(s.out, out.data(), i), want, tolerance(s, want))
        << "at " << i << " of " << s.batch << "x[" << s.m << ", " << s.n << ", " << s.k << "] ta "
        << s.transpose_a << " tb " << s.transpose_b << ' ' << name_of(s.in) << " to " << name_of(s.out);
  }
  out.expect_guard();
}

/// Runs `gemm` twice, at different addresses, and compares it with the definition.
void check(const GemmShape& s, const Gemm& gemm, const Packer* packer) {
  Bytes a(s.batch * s.m * s.k * bytes_of(s.in)), b(s.batch * s.k * s.n * bytes_of(s.in));
  for (uint32_t round = 0; round < 2; ++round) {
    fill(s.in, a.data(), s.batch * s.m * s.k, 1 + round);
    fill(s.in, b.data(), s.batch * s.k * s.n, 7 + round);
    Bytes out(s.batch * s.m * s.n * bytes_of(s.out)), scratch(gemm.scratch_bytes());
    if (packer != nullptr) {
      ASSERT_EQ(packer->layout(), gemm.packed_layout());
      Bytes packed(gemm.packed_layout().bytes), packing(packer->scratch_bytes());
      packer->run(b.data(), packed.data(), packing.data());
      packed.expect_guard();
      packing.expect_guard();
      gemm.run(a.data(), packed.data(), out.data(), scratch.data());
    } else {
      gemm.run(a.data(), b.data(), out.data(), scratch.data());
    }
    scratch.expect_guard();
    expect_naive(s, a.data(), b.data(), out);
  }
}

struct Size {
  int64_t batch, m, n, k;
};
const std::vector<Size> kSizes = {{1, 1, 1, 1},   {1, 7, 5, 3},    {1, 64, 64, 64}, {1, 1, 129, 65},
                                  {1, 33, 1, 70}, {1, 31, 101, 1}, {3, 17, 19, 23}, {2, 1, 40, 9}};

std::vector<GemmShape> shapes(const std::vector<Size>& sizes) {
  const DType types[][2] = {{DType::f32, DType::f32},
                            {DType::bf16, DType::bf16},
                            {DType::bf16, DType::f32},
                            {DType::f64, DType::f64}};
  std::vector<GemmShape> all;
  for (const Size& size : sizes) {
    for (const auto& type : types) {
      for (const bool transpose_a : {false, true}) {
        for (const bool transpose_b : {false, true}) {
          all.push_back({size.batch, size.m, size.n, size.k, transpose_a, transpose_b, type[0], type[1]});
        }
      }
    }
  }
  return all;
}

TEST(Matmul, PlainOperandsGiveTheDefinition) {
  for (const GemmShape& shape : shapes(kSizes)) check(shape, Gemm(shape), nullptr);
}

TEST(Matmul, PackedOperandGivesTheDefinition) {
  for (const GemmShape& shape : shapes(kSizes)) {
    const Packer packer(shape, shape.in);
    check(shape, Gemm(shape, true), &packer);
  }
}

TEST(Matmul, EveryStrategyGivesTheDefinition) {
  const OperandForm forms[] = {OperandForm::plain, OperandForm::row_major, OperandForm::blocked};
  for (const GemmShape& shape : shapes({{1, 33, 35, 70}, {2, 5, 7, 3}})) {
    if (shape.in == DType::f64) continue;
    for (const OperandForm a : forms) {
      for (const OperandForm b : forms) {
        for (const int64_t chunk : {0, 16}) {
          const GemmStrategy strategy{a, b, shape.batch == 1 ? chunk / 2 : 0, shape.batch == 1 ? chunk : 0};
          check(shape, make_gemm(shape, false, strategy), nullptr);
          const Packer packer = make_packer(shape, shape.in, strategy);
          check(shape, make_gemm(shape, true, strategy), &packer);
        }
      }
    }
  }
}

TEST(Matmul, LongSumsAreCutWithoutChangingTheResult) {
  for (const DType in : {DType::f32, DType::bf16}) {
    for (const bool transpose_a : {false, true}) {
      for (const bool transpose_b : {false, true}) {
        const GemmShape shape{1, 9, 21, 9001, transpose_a, transpose_b, in, in};
        check(shape, Gemm(shape), nullptr);
        const Packer packer(shape, in);
        check(shape, Gemm(shape, true), &packer);
      }
    }
  }
}

TEST(Matmul, PackingConvertsF32Weights) {
  for (const bool transpose_b : {false, true}) {
    const GemmShape shape{1, 21, 75, 43, false, transpose_b, DType::bf16, DType::bf16};
    Bytes a(shape.m * shape.k * 2), wide(shape.n * shape.k * 4), narrow(shape.n * shape.k * 2);
    fill(DType::bf16, a.data(), shape.m * shape.k, 1);
    fill(DType::f32, wide.data(), shape.n * shape.k, 2);
    for (int64_t i = 0; i < shape.n * shape.k; ++i)
      set(DType::bf16, narrow.data(), i, get(DType::f32, wide.data(), i));
    const Gemm gemm(shape, true);
    const Packer packer(shape, DType::f32);
    ASSERT_EQ(packer.layout(), gemm.packed_layout());
    Bytes packed(packer.layout().bytes), packing(packer.scratch_bytes()), scratch(gemm.scratch_bytes());
    Bytes out(shape.m * shape.n * 2);
    packer.run(wide.data(), packed.data(), packing.data());
    gemm.run(a.data(), packed.data(), out.data(), scratch.data());
    expect_naive(shape, a.data(), narrow.data(), out);
  }
}

TEST(Matmul, EqualShapesShareAPackAndTransposedOnesDoNot) {
  const GemmShape shape{1, 64, 96, 128, false, true};
  const std::string key = Gemm(shape).packed_layout().key;
  EXPECT_EQ(key, Gemm(shape, true).packed_layout().key);
  GemmShape narrow = shape;
  narrow.in = narrow.out = DType::bf16;
  EXPECT_NE(key, Gemm(narrow).packed_layout().key);
  GemmShape shorter = shape;
  shorter.n = 95;
  EXPECT_NE(key, Gemm(shorter).packed_layout().key);
}

TEST(Matmul, EmptyProductsAreZeroOrNothing) {
  for (const DType dtype : {DType::f64, DType::f32, DType::bf16}) {
    for (const bool packed : {false, true}) {
      for (int zero = 0; zero < 4; ++zero) {
        int64_t sizes[] = {1, 3, 4, 5};
        sizes[zero] = 0;
        const GemmShape shape{sizes[0], sizes[1], sizes[2], sizes[3], false, true, dtype, dtype};
        const Gemm gemm(shape, packed);
        const Packer packer(shape, dtype);
        EXPECT_EQ(packer.layout(), gemm.packed_layout());
        Bytes a(1000), b(1000), pack(packer.layout().bytes);
        Bytes out(shape.batch * shape.m * shape.n * bytes_of(dtype));
        packer.run(b.data(), pack.data(), nullptr);
        gemm.run(a.data(), packed ? pack.data() : b.data(), out.data(), nullptr);
        expect_naive(shape, a.data(), b.data(), out);
        pack.expect_guard();
      }
    }
  }
}

TEST(Matmul, SaysWhichDimensionsAreTooLarge) {
  constexpr int64_t kOver = int64_t{1} << 31;
  const auto error_of = [](const std::function<void()>& act) -> std::string {
    try {
      act();
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  for (const DType dtype : {DType::f32, DType::bf16}) {
    GemmShape shape{1, 2, kOver, 3};
    shape.in = shape.out = dtype;
    const char* expected =
        "matmul: a product of 1x [2, 2147483648, 3] has a dimension above 2^31 - 1, the most for oneDNN";
    EXPECT_EQ(error_of([&] { Gemm{shape}; }), expected);
    EXPECT_EQ(error_of([&] { Packer(shape, dtype); }), expected);
  }
  EXPECT_EQ(error_of([] {
              Gemm{{kOver, 0, 2, 3}};
            }),
            "matmul: a product of 2147483648x [0, 2, 3] has a dimension above 2^31 - 1, the most for oneDNN");
}

TEST(Matmul, RejectsOtherDtypes) {
  GemmShape shape{1, 2, 2, 2};
  shape.in = DType::i32;
  try {
    Gemm gemm(shape);
    FAIL() << "no error";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("a matrix product from i32 to f32"), std::string::npos)
        << error.what();
  }
  const GemmShape wide{1, 2, 2, 2};
  EXPECT_THROW(Packer(wide, DType::bf16), InternalError);
}

}  // namespace
}  // namespace weft::kernels
