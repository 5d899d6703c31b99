#pragma once
#include <cstdlib>
#include <memory>
#include <new>

#include "weft/base/alignment.h"
#include "weft/tensor/view.h"

namespace weft {

/// A tensor in host memory of its own, aligned to 64 bytes; not initialised.
class HostBuffer {
 public:
  explicit HostBuffer(TensorType type) : type_(std::move(type)), data_(allocated(type_.bytes())) {}
  View view() const { return {data_.get(), type_}; }

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };
  static std::byte* allocated(int64_t bytes) {
    const auto rounded = static_cast<size_t>(aligned(bytes + 1));  // none asks for nothing
    void* data = std::aligned_alloc(kAlignment, rounded);
    if (data == nullptr) throw std::bad_alloc();
    return static_cast<std::byte*>(data);
  }
  TensorType type_;
  std::unique_ptr<std::byte, Free> data_;
};

}  // namespace weft
