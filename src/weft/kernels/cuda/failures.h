#pragma once
// What goes wrong on a GPU, in sentences. They are made apart from the .cu files, because nvcc 13 does not
// accept fmt 9, which makes them.
#include <cstdint>

#include "weft/kernels/matmul.h"

namespace weft::cuda {

/// InternalError: the call `call` reports `name`, which means `meaning`.
[[noreturn]] void fail(const char* call, const char* name, const char* meaning);

/// UserErrors.
[[noreturn]] void fail_without_gpu(const char* name, const char* meaning);
[[noreturn]] void fail_without_memory(int64_t bytes);
[[noreturn]] void fail_without_algorithm(const kernels::GemmShape& shape);

}  // namespace weft::cuda
