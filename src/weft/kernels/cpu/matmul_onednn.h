#pragma once
// The little of oneDNN that matmul and convolution share. Internal: includes oneDNN's header.
#include <initializer_list>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <utility>
#include <vector>

#include "weft/base/alignment.h"
#include "weft/tensor/dtype.h"
#include "weft/tensor/region.h"

namespace weft::kernels {

/// oneDNN's place to run: the CPU, in order.
struct OneDnn {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};

/// One primitive whose memory objects are made beforehand, so that running it only sets addresses.
class OneDnnCall {
 public:
  OneDnnCall() = default;
  /// `operands`: oneDNN's argument numbers with their layouts, in the order in which run() takes addresses.
  OneDnnCall(const OneDnn& dnn, const dnnl::primitive& primitive,
             const std::vector<std::pair<int, dnnl::memory::desc>>& operands);
  void run(const OneDnn& dnn, std::initializer_list<const void*> addresses) const;

 private:
  dnnl::primitive primitive_;
  std::vector<dnnl::memory> memories_;
  std::vector<dnnl_exec_arg_t> arguments_;
};

/// A reorder from one layout to another, with its scratch in the caller's hands.
class OneDnnReorder {
 public:
  OneDnnReorder() = default;
  OneDnnReorder(const OneDnn& dnn, const dnnl::memory::desc& from, const dnnl::memory::desc& to);
  int64_t scratch_bytes() const { return scratch_bytes_; }
  void run(const OneDnn& dnn, const void* from, void* to, std::byte* scratch) const;

 private:
  OneDnnCall call_;
  int64_t scratch_bytes_ = 0;
};

dnnl::memory::data_type onednn_dtype(DType dtype);
/// Attributes with scratch from the caller.
dnnl::primitive_attr user_scratch();
/// Equal for two layouts exactly when their bytes are laid out alike.
std::string layout_key(const dnnl::memory::desc& layout);
}  // namespace weft::kernels
