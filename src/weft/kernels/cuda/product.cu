#ifdef WEFT_WITH_CUBLASLT

#include "weft/kernels/cuda/product.h"

#include <cublasLt.h>

#include <type_traits>

#include "weft/base/alignment.h"
#include "weft/kernels/cuda/product_layout.h"
#include "weft/kernels/cuda/status.cuh"

namespace weft::cuda {

namespace {

/// What NVIDIA recommends for its newest GPUs; an algorithm says how much of it it needs.
constexpr size_t kMostWorkspaceBytes = size_t{32} << 20;
/// Of every address of DeviceMemory.
constexpr auto kAddressAlignment = static_cast<uint32_t>(kAlignment);

void check(cublasStatus_t status, const char* call) {
  if (status != CUBLAS_STATUS_SUCCESS)
    fail(call, cublasLtGetStatusName(status), cublasLtGetStatusString(status));
}

template <auto destroy>
struct Destroy {
  template <class T>
  void operator()(T* made) const {
    destroy(made);
  }
};
template <class Handle, auto destroy>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroy<destroy>>;

using Library = Owned<cublasLtHandle_t, cublasLtDestroy>;
using Description = Owned<cublasLtMatmulDesc_t, cublasLtMatmulDescDestroy>;
using Layout = Owned<cublasLtMatrixLayout_t, cublasLtMatrixLayoutDestroy>;
using Preference = Owned<cublasLtMatmulPreference_t, cublasLtMatmulPreferenceDestroy>;

/// matmul takes no other dtypes.
cudaDataType_t type_of(DType dtype) {
  return dtype == DType::f64 ? CUDA_R_64F : dtype == DType::f32 ? CUDA_R_32F : CUDA_R_16BF;
}

Library open_library() {
  cublasLtHandle_t made = nullptr;
  check(cublasLtCreate(&made), "cublasLtCreate");
  return Library(made);
}

Description describe(const kernels::GemmShape& shape, const ProductLayout& layout) {
  const bool wide = shape.in == DType::f64;
  cublasLtMatmulDesc_t made = nullptr;
  check(cublasLtMatmulDescCreate(&made, wide ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F,
                                 wide ? CUDA_R_64F : CUDA_R_32F),
        "cublasLtMatmulDescCreate");
  Description description(made);
  const auto transpose = [&](cublasLtMatmulDescAttributes_t which, const StoredMatrix& matrix) {
    const cublasOperation_t operation = matrix.transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
    check(cublasLtMatmulDescSetAttribute(made, which, &operation, sizeof(operation)),
          "cublasLtMatmulDescSetAttribute");
  };
  transpose(CUBLASLT_MATMUL_DESC_TRANSA, layout.first);
  transpose(CUBLASLT_MATMUL_DESC_TRANSB, layout.second);
  return description;
}

Layout lay_out(const StoredMatrix& matrix, DType dtype, int64_t batch) {
  cublasLtMatrixLayout_t made = nullptr;
  check(cublasLtMatrixLayoutCreate(&made, type_of(dtype), static_cast<uint64_t>(matrix.rows),
                                   static_cast<uint64_t>(matrix.columns), matrix.rows),
        "cublasLtMatrixLayoutCreate");
  Layout layout(made);
  const auto set = [&](cublasLtMatrixLayoutAttribute_t which, auto value) {
    check(cublasLtMatrixLayoutSetAttribute(made, which, &value, sizeof(value)),
          "cublasLtMatrixLayoutSetAttribute");
  };
  set(CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, static_cast<int32_t>(batch));
  set(CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, matrix.batch_stride());
  return layout;
}

Preference prefer() {
  cublasLtMatmulPreference_t made = nullptr;
  check(cublasLtMatmulPreferenceCreate(&made), "cublasLtMatmulPreferenceCreate");
  Preference preference(made);
  const auto set = [&](cublasLtMatmulPreferenceAttributes_t which, auto value) {
    check(cublasLtMatmulPreferenceSetAttribute(made, which, &value, sizeof(value)),
          "cublasLtMatmulPreferenceSetAttribute");
  };
  set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, kMostWorkspaceBytes);
  set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, kAddressAlignment);
  set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, kAddressAlignment);
  set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, kAddressAlignment);
  set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, kAddressAlignment);
  return preference;
}

}  // namespace

struct Product::Prepared {
  explicit Prepared(const kernels::GemmShape& gemm)
      : shape(gemm), out_bytes(gemm.batch * gemm.m * gemm.n * bytes_of(gemm.out)) {
    if (out_bytes == 0 || gemm.k == 0) return;
    const ProductLayout layout = product_layout(gemm);
    library = open_library();
    description = describe(gemm, layout);
    first = lay_out(layout.first, gemm.in, gemm.batch);
    second = lay_out(layout.second, gemm.in, gemm.batch);
    result = lay_out(layout.result, gemm.out, gemm.batch);
    choose_algorithm();
  }

  /// The first of what the library's heuristics give.
  void choose_algorithm() {
    int found = 0;
    const cublasStatus_t status =
        cublasLtMatmulAlgoGetHeuristic(library.get(), description.get(), first.get(), second.get(),
                                       result.get(), result.get(), prefer().get(), 1, &chosen, &found);
    if (status == CUBLAS_STATUS_NOT_SUPPORTED || (status == CUBLAS_STATUS_SUCCESS && found == 0)) {
      fail_without_algorithm(shape);
    }
    check(status, "cublasLtMatmulAlgoGetHeuristic");
  }

  template <class Scale>
  void multiply(const std::byte* a, const std::byte* b, std::byte* out, std::byte* scratch) const {
    const Scale one = 1;
    const Scale zero = 0;
    check(
        cublasLtMatmul(library.get(), description.get(), &one, b, first.get(), a, second.get(), &zero, out,
                       result.get(), out, result.get(), &chosen.algo, scratch, chosen.workspaceSize, nullptr),
        "cublasLtMatmul");
  }

  kernels::GemmShape shape;
  int64_t out_bytes = 0;
  Library library;
  Description description;
  Layout first;
  Layout second;
  Layout result;
  cublasLtMatmulHeuristicResult_t chosen = {};
};

Product::Product(const kernels::GemmShape& shape) : prepared_(std::make_shared<Prepared>(shape)) {}

int64_t Product::scratch_bytes() const { return static_cast<int64_t>(prepared_->chosen.workspaceSize); }

void Product::run(const std::byte* a, const std::byte* b, std::byte* out, std::byte* scratch) const {
  const Prepared& prepared = *prepared_;
  if (prepared.out_bytes == 0) return;
  if (prepared.shape.k == 0) {
    check(cudaMemset(out, 0, static_cast<size_t>(prepared.out_bytes)), "cudaMemset");
  } else if (prepared.shape.in == DType::f64) {
    prepared.multiply<double>(a, b, out, scratch);
  } else {
    prepared.multiply<float>(a, b, out, scratch);
  }
  finish("matmul");
}

}  // namespace weft::cuda

#endif
