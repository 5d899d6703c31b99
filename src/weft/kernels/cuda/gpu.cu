#include "weft/kernels/cuda/gpu.h"

#include "weft/kernels/cuda/status.cuh"

namespace weft::cuda {

namespace {

/// All work is in the default stream, which these calls wait for.
class GpuMemory final : public DeviceMemory {
 public:
  std::string_view name() const override { return "cuda"; }

  std::byte* allocate(int64_t bytes) const override {
    void* data = nullptr;
    const auto size = static_cast<size_t>(bytes > 0 ? bytes : 1);
    const cudaError_t status = cudaMalloc(&data, size);
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();  // forgets it
      fail_without_memory(bytes);
    }
    check(status, "cudaMalloc");
    check(cudaMemset(data, 0, size), "cudaMemset");
    return static_cast<std::byte*>(data);
  }

  /// What it reports is of earlier work, which has reported it; and a destructor may be the caller.
  void release(std::byte* data, int64_t /*bytes*/) const override { cudaFree(data); }

  void upload(std::byte* device, const std::byte* host, int64_t bytes) const override {
    copy_bytes(device, host, bytes, cudaMemcpyHostToDevice);
  }
  void download(std::byte* host, const std::byte* device, int64_t bytes) const override {
    copy_bytes(host, device, bytes, cudaMemcpyDeviceToHost);
  }
  void copy(std::byte* to, const std::byte* from, int64_t bytes) const override {
    copy_bytes(to, from, bytes, cudaMemcpyDeviceToDevice);
  }

 private:
  static void copy_bytes(std::byte* to, const std::byte* from, int64_t bytes, cudaMemcpyKind kind) {
    check(cudaMemcpy(to, from, static_cast<size_t>(bytes), kind), "cudaMemcpy");
    // From pageable memory, and within the GPU, it returns earlier.
    check(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize");
  }
};

}  // namespace

void require_gpu() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess && count > 0) return;
  const cudaError_t why = status == cudaSuccess ? cudaErrorNoDevice : status;
  fail_without_gpu(cudaGetErrorName(why), cudaGetErrorString(why));
}

DeviceMemoryPtr gpu_memory() { return std::make_shared<GpuMemory>(); }

}  // namespace weft::cuda
