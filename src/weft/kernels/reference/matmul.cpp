#include <type_traits>

#include "weft/base/check.h"
#include "weft/kernels/matmul.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/linear/matmul_shape.h"

namespace weft::kernels {
namespace {

template <class T>
double widened(T value) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    return static_cast<float>(value);
  } else {
    return static_cast<double>(value);
  }
}

template <class T>
T narrowed(double value) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    return BFloat16(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <class In, class Out>
void naive(const GemmShape& s, const In* a, const In* b, Out* out) {
  for (int64_t row = 0; row < s.batch * s.m; ++row) {
    const int64_t p = row / s.m, i = row % s.m;
    for (int64_t j = 0; j < s.n; ++j) {
      double sum = 0;
      for (int64_t l = 0; l < s.k; ++l) {
        const int64_t a_at = p * s.m * s.k + (s.transpose_a ? l * s.m + i : i * s.k + l);
        const int64_t b_at = p * s.k * s.n + (s.transpose_b ? j * s.k + l : l * s.n + j);
        sum += widened(a[a_at]) * widened(b[b_at]);
      }
      out[row * s.n + j] = narrowed<Out>(sum);
    }
  }
}

}  // namespace

void naive_gemm(const GemmShape& shape, const void* a, const void* b, void* out) {
  const auto call = [&]<class In, class Out>(In*, Out*) {
    naive(shape, static_cast<const In*>(a), static_cast<const In*>(b), static_cast<Out*>(out));
  };
  if (shape.in == DType::f64) {
    call(static_cast<double*>(nullptr), static_cast<double*>(nullptr));
  } else if (shape.in == DType::f32) {
    call(static_cast<float*>(nullptr), static_cast<float*>(nullptr));
  } else if (shape.out == DType::f32) {
    call(static_cast<BFloat16*>(nullptr), static_cast<float*>(nullptr));
  } else {
    WEFT_CHECK(shape.in == DType::bf16, "a matrix product of {}", name_of(shape.in));
    call(static_cast<BFloat16*>(nullptr), static_cast<BFloat16*>(nullptr));
  }
}

}  // namespace weft::kernels

namespace weft::reference {

namespace {

Kernel bind_matmul(const Matmul& op, const BindRequest& request) {
  const MatmulSizes sizes = matmul_sizes(op.dims, request.inputs[0], request.inputs[1], op.out);
  const kernels::GemmShape shape{.batch = sizes.batch,
                                 .m = sizes.m,
                                 .n = sizes.n,
                                 .k = sizes.k,
                                 .transpose_a = op.dims.transpose_a,
                                 .transpose_b = op.dims.transpose_b,
                                 .in = DType::f64,
                                 .out = DType::f64};
  return in_f64(request, [shape](const KernelContext& context) {
    kernels::naive_gemm(shape, context.inputs[0].data, context.inputs[1].data, context.outputs[0].data);
  });
}

}  // namespace

void register_matmul(Device& device) { device.add<Matmul>(bind_matmul); }

}  // namespace weft::reference
