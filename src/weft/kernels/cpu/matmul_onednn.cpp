#include "weft/kernels/cpu/matmul_onednn.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "weft/base/check.h"
#include "weft/kernels/cpu/onednn_versions.h"

namespace weft::kernels {

OneDnnCall::OneDnnCall(const OneDnn& dnn, const dnnl::primitive& primitive,
                       const std::vector<std::pair<int, dnnl::memory::desc>>& operands)
    : primitive_(primitive) {
  for (const auto& [argument, layout] : operands) {
    memories_.emplace_back(layout, dnn.engine, nullptr);
    arguments_.push_back({argument, memories_.back().get()});
  }
}

void OneDnnCall::run(const OneDnn& dnn, std::initializer_list<const void*> addresses) const {
  size_t i = 0;
  for (const void* address : addresses) {
    // Setting an address writes zeros to the layout's padding, so an unchanged one is left alone.
    dnnl::memory memory = memories_[i++];
    if (memory.get_data_handle() != address) memory.set_data_handle(const_cast<void*>(address));
  }
  const dnnl_status_t status = dnnl_primitive_execute(primitive_.get(), dnn.stream.get(),
                                                      static_cast<int>(arguments_.size()), arguments_.data());
  WEFT_CHECK(status == dnnl_success, "oneDNN failed with status {}", static_cast<int>(status));
}

OneDnnReorder::OneDnnReorder(const OneDnn& dnn, const dnnl::memory::desc& from,
                             const dnnl::memory::desc& to) {
  const dnnl::reorder::primitive_desc desc(dnn.engine, from, dnn.engine, to, user_scratch());
  scratch_bytes_ = static_cast<int64_t>(desc.scratchpad_desc().get_size());
  call_ =
      OneDnnCall(dnn, dnnl::reorder(desc),
                 {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}, {DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc()}});
}

void OneDnnReorder::run(const OneDnn& dnn, const void* from, void* to, std::byte* scratch) const {
  call_.run(dnn, {from, to, scratch});
}

dnnl::memory::data_type onednn_dtype(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return dnnl::memory::data_type::f32;
    case DType::bf16:
      return dnnl::memory::data_type::bf16;
    case DType::u8:
      return dnnl::memory::data_type::u8;
    case DType::i32:
      return dnnl::memory::data_type::s32;
    case DType::f64:
    case DType::i64:
    case DType::bit:
      break;
  }
  internal_error(__FILE__, __LINE__, "oneDNN has no dtype {}", name_of(dtype));
}

dnnl::primitive_attr user_scratch() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

std::string layout_key(const dnnl::memory::desc& layout) {
  const std::optional<BlockedLayout> blocked = blocked_layout(layout);
  WEFT_CHECK(blocked, "only a layout of blocks has a key");
  const BlockedLayout& raw = *blocked;
  return fmt::format("t{} d{} p{} s{} i{} b{} o{} m{}", static_cast<int>(raw.data_type),
                     fmt::join(raw.dims, ","), fmt::join(raw.padded_dims, ","), fmt::join(raw.strides, ","),
                     fmt::join(raw.inner_idxs, ","), fmt::join(raw.inner_blks, ","), raw.offset, raw.more);
}

}  // namespace weft::kernels
