#include "weft/kernels/cpu/widened.h"

#include "weft/base/alignment.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/matmul_strategy.h"
#include "weft/kernels/cpu/onednn_versions.h"

namespace weft::kernels {

namespace {

constexpr int64_t kGrain = 16384;

bool describes_bf16() {
  const OneDnn dnn;
  using Layout = dnnl::memory::desc;
  const Layout square({16, 16}, dnnl::memory::data_type::bf16, dnnl::memory::format_tag::ab);
  try {
    describe_matmul(dnn.engine, square, square, square, user_scratch());
  } catch (const dnnl::error&) {
    return false;
  }
  return true;
}

GemmShape in_f32(GemmShape shape) {
  shape.in = shape.out = DType::f32;
  return shape;
}

}  // namespace

bool onednn_has_bf16() {
  static const bool has = describes_bf16();
  return has;
}

void widen(const void* from, int64_t elems, std::byte* to) {
  const auto* narrow = static_cast<const BFloat16*>(from);
  auto* wide = reinterpret_cast<float*>(to);
  parallel_for(elems, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) wide[i] = static_cast<float>(narrow[i]);
  });
}

void narrow(const std::byte* from, int64_t elems, void* to) {
  const auto* wide = reinterpret_cast<const float*>(from);
  auto* narrow = static_cast<BFloat16*>(to);
  parallel_for(elems, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) narrow[i] = BFloat16(wide[i]);
  });
}

WidenedProduct::WidenedProduct(const GemmShape& shape)
    : shape_(shape), product_(in_f32(shape), false, choose_strategy(in_f32(shape), false)) {
  const auto bytes = [&](int64_t rows, int64_t columns) {
    return aligned(bytes_of(DType::f32, shape.batch * rows * columns));
  };
  b_at_ = bytes(shape.m, shape.k);
  out_at_ = b_at_ + bytes(shape.k, shape.n);
  inner_at_ = out_at_ + (shape.out == DType::f32 ? 0 : bytes(shape.m, shape.n));
}

void WidenedProduct::run(const void* a, const void* b, void* out, std::byte* scratch) const {
  const bool rounds = shape_.out != DType::f32;
  std::byte* sums = rounds ? scratch + out_at_ : static_cast<std::byte*>(out);
  widen(a, shape_.batch * shape_.m * shape_.k, scratch);
  widen(b, shape_.batch * shape_.k * shape_.n, scratch + b_at_);
  product_.run(scratch, scratch + b_at_, sums, scratch + inner_at_);
  if (rounds) narrow(sums, shape_.batch * shape_.m * shape_.n, out);
}

}  // namespace weft::kernels
