#include "weft/parallel/comm_ops.h"

#include <fmt/format.h>

#include <cstring>

#include "weft/base/check.h"
#include "weft/tensor/box_copy.h"

namespace weft {

namespace {

/// An op made after partitioning is never split again: its axes are its result's dimensions, all whole.
IndexMap whole_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) {
  const Dims& shape = outputs[0].shape;
  const OperandMap dims = along_axes(0, static_cast<int>(shape.size()));
  IndexMap map{{}, {dims}, {dims}};
  WEFT_CHECK(inputs.size() == 1 && inputs[0].shape.size() == shape.size(), "a move of {} operands",
             inputs.size());
  for (size_t d = 0; d < shape.size(); ++d)
    map.axes.push_back({fmt::format("d{}", d), shape[d], AxisKind::whole});
  return map;
}

class CommOp final : public Op {
 public:
  CommOp(std::string_view name, CommSpec spec) : name_(name), spec_(std::move(spec)) {}
  std::string_view name() const override { return name_; }
  std::string attributes() const override {
    std::string axes;
    for (const int a : spec_.mesh_axes) axes += fmt::format("{}{}", axes.empty() ? "" : ",", a);
    std::string text = fmt::format("over=[{}] ranks={}", axes, spec_.group_size);
    if (spec_.combine == Combine::max) text += " max";
    if (spec_.kind != CommKind::all_reduce) {
      text += fmt::format(" {}->{}", to_string(spec_.source), to_string(spec_.target));
    }
    return text;
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    if (spec_.kind == CommKind::all_reduce) return {inputs[0]};
    return {{inputs[0].dtype, spec_.target.shape()}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return whole_map(inputs, outputs);
  }
  Traits traits() const override {
    Traits traits;
    if (spec_.kind == CommKind::all_reduce) traits.in_place = {{0, 0}};
    traits.flops_per_point = 0;
    return traits;
  }
  const CommSpec* communication() const override { return &spec_; }

 private:
  std::string_view name_;
  CommSpec spec_;
};

class TakeRegion final : public Op {
 public:
  TakeRegion(Region outer, Region inner) : outer_(std::move(outer)), inner_(std::move(inner)) {}
  std::string_view name() const override { return "take_region"; }
  std::string attributes() const override {
    return fmt::format("{} of {}", to_string(inner_), to_string(outer_));
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    return {{inputs[0].dtype, inner_.shape()}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return whole_map(inputs, outputs);
  }
  Traits traits() const override {
    Traits traits;
    traits.flops_per_point = 0;
    traits.view = inner_ == outer_;
    return traits;
  }
  BoxCopy copy(DType dtype) const { return {outer_, inner_, inner_, bytes_of(dtype)}; }

 private:
  Region outer_;
  Region inner_;
};

class KeepOrZero final : public Op {
 public:
  explicit KeepOrZero(bool keep) : keep_(keep) {}
  std::string_view name() const override { return "keep_or_zero"; }
  std::string attributes() const override { return keep_ ? "keep" : "zero"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override { return {inputs[0]}; }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return whole_map(inputs, outputs);
  }
  void run(const KernelContext& context) const {
    const View& out = context.outputs[0];
    if (keep_) {
      std::memcpy(out.data, context.inputs[0].data, static_cast<size_t>(out.bytes()));
    } else {
      std::memset(out.data, 0, static_cast<size_t>(out.bytes()));
    }
  }

 private:
  bool keep_;
};

template <class T>
Kernel bind_to(const BindRequest& request) {
  const T& op = dynamic_cast<const T&>(request.op);
  return {[op](const KernelContext& context) { op.run(context); }, 0};
}

Kernel bind_take_region(const BindRequest& request) {
  const BoxCopy copy = dynamic_cast<const TakeRegion&>(request.op).copy(request.inputs[0].dtype);
  return {[copy](const KernelContext& context) { copy.run(context.inputs[0].data, context.outputs[0].data); },
          0};
}

}  // namespace

OpPtr all_reduce_op(std::vector<int> mesh_axes, int group_size, Combine combine, const TensorType& type) {
  CommSpec spec{.kind = CommKind::all_reduce, .mesh_axes = std::move(mesh_axes), .group_size = group_size};
  spec.combine = combine;
  spec.network_bytes = 2 * type.bytes() * (group_size - 1) / group_size;
  return std::make_shared<CommOp>("all_reduce", std::move(spec));
}

OpPtr reduce_scatter_op(std::vector<int> mesh_axes, Combine combine, DType dtype, Region whole,
                        std::vector<Region> parts, int self) {
  CommSpec spec{.kind = CommKind::reduce_scatter, .mesh_axes = std::move(mesh_axes)};
  spec.group_size = static_cast<int>(parts.size());
  spec.combine = combine;
  spec.network_bytes = whole.elems() * bytes_of(dtype) * (spec.group_size - 1) / spec.group_size;
  spec.source = std::move(whole);
  spec.target = parts[static_cast<size_t>(self)];
  spec.parts = std::move(parts);
  return std::make_shared<CommOp>("reduce_scatter", std::move(spec));
}

OpPtr all_gather_op(std::vector<int> mesh_axes, DType dtype, Region whole, std::vector<Region> parts,
                    int self) {
  CommSpec spec{.kind = CommKind::all_gather, .mesh_axes = std::move(mesh_axes)};
  spec.group_size = static_cast<int>(parts.size());
  spec.source = parts[static_cast<size_t>(self)];
  spec.target = std::move(whole);
  spec.network_bytes = spec.source.elems() * bytes_of(dtype) * (spec.group_size - 1);
  spec.parts = std::move(parts);
  return std::make_shared<CommOp>("all_gather", std::move(spec));
}

OpPtr exchange_op(std::vector<int> mesh_axes, DType dtype, Region owned, Region needed,
                  std::vector<Transfer> sends, std::vector<Transfer> receives, int group_size) {
  CommSpec spec{.kind = CommKind::exchange, .mesh_axes = std::move(mesh_axes), .group_size = group_size};
  spec.source = std::move(owned);
  spec.target = std::move(needed);
  for (const Transfer& send : sends) spec.network_bytes += send.region.elems() * bytes_of(dtype);
  spec.sends = std::move(sends);
  spec.receives = std::move(receives);
  return std::make_shared<CommOp>("exchange", std::move(spec));
}

OpPtr take_region_op(Region outer, Region inner) {
  return std::make_shared<TakeRegion>(std::move(outer), std::move(inner));
}

OpPtr keep_or_zero_op(bool keep) { return std::make_shared<KeepOrZero>(keep); }

void register_parallel_ops(OpRegistry& registry) {
  registry.add({.name = "take_region", .cpu = bind_take_region, .cases = nullptr});
  registry.add({.name = "keep_or_zero", .cpu = bind_to<KeepOrZero>, .cases = nullptr});
}

}  // namespace weft
