#include "weft/parallel/comm_ops.h"

#include "weft/base/check.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/partition/keep_or_zero.h"
#include "weft/ops/partition/take_region.h"

namespace weft {

template <>
struct EnumNames<Combine> {
  static constexpr std::span kNames = kCombineNames;
};

/// [peer, region]
template <>
struct AttributeCodec<Transfer> {
  static std::string type() { return "transfer"; }
  static AttributeValue to(const Transfer& transfer) {
    return {AttributeValue::List{AttributeCodec<int>::to(transfer.peer),
                                 AttributeCodec<Region>::to(transfer.region)}};
  }
};

namespace {

/// A sum or maximum of packed bits is none of MPI's operations, and no op owes one: its results would be
/// bits.
void refuse_bits(std::string_view name, DType dtype) {
  if (dtype == DType::bit)
    user_error("{}: got elements of bit, expected numbers to combine over ranks.", name);
}

class CommOp final : public Op {
 public:
  CommOp(std::string_view name, CommSpec spec, int operands = 1)
      : name_(name), spec_(std::move(spec)), operands_(operands) {}
  std::string_view name() const override { return name_; }
  std::vector<Attribute> attributes() const override;
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    if (spec_.kind == CommKind::all_reduce) return {inputs.begin(), inputs.end()};
    return {{inputs[0].dtype, spec_.target.shape()}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return whole_map(inputs, outputs);
  }
  Traits traits() const override {
    Traits traits;
    for (int i = 0; spec_.kind == CommKind::all_reduce && i < operands_; ++i)
      traits.in_place.emplace_back(i, i);
    traits.flops_per_point = 0;
    return traits;
  }
  const CommSpec* communication() const override { return &spec_; }

 private:
  std::string_view name_;
  CommSpec spec_;
  int operands_;
};

/// All that the op does follows from its name and these: equal ops may become one.
std::vector<Attribute> CommOp::attributes() const {
  AttributeReader read;
  read("over", spec_.mesh_axes, "the axes of the mesh over which the ranks of a group differ");
  read("ranks", spec_.group_size, "size of a group");
  if (spec_.kind == CommKind::all_reduce || spec_.kind == CommKind::reduce_scatter) {
    read("combine", spec_.combine, "how the parts of the ranks become one");
  }
  if (spec_.kind == CommKind::all_reduce) return std::move(read.list);
  read("source", spec_.source, "the box of the tensor that this rank has");
  read("target", spec_.target, "the box that it gets");
  if (spec_.kind == CommKind::exchange) {
    read("sends", spec_.sends, "what goes to which rank of the group");
    read("receives", spec_.receives, "what comes from which");
  } else {
    read("parts", spec_.parts, "the box of every rank of the group");
  }
  return std::move(read.list);
}

}  // namespace

OpPtr all_reduce_op(std::vector<int> mesh_axes, int group_size, Combine combine,
                    const std::vector<TensorType>& types) {
  for (const TensorType& type : types) refuse_bits("all_reduce", type.dtype);
  CommSpec spec{.kind = CommKind::all_reduce, .mesh_axes = std::move(mesh_axes), .group_size = group_size};
  spec.combine = combine;
  for (const TensorType& type : types) {
    WEFT_CHECK(type.dtype == types[0].dtype, "an all_reduce of {} and {}", to_string(types[0]),
               to_string(type));
  }
  spec.network_bytes = 2 * bytes_of(types) * (group_size - 1) / group_size;
  return std::make_shared<CommOp>("all_reduce", std::move(spec), static_cast<int>(types.size()));
}

OpPtr reduce_scatter_op(std::vector<int> mesh_axes, Combine combine, DType dtype, Region whole,
                        std::vector<Region> parts, int self) {
  refuse_bits("reduce_scatter", dtype);
  CommSpec spec{.kind = CommKind::reduce_scatter, .mesh_axes = std::move(mesh_axes)};
  spec.group_size = static_cast<int>(parts.size());
  spec.combine = combine;
  spec.network_bytes = bytes_of(dtype, whole.elems()) * (spec.group_size - 1) / spec.group_size;
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
  spec.network_bytes = bytes_of(dtype, spec.source.elems()) * (spec.group_size - 1);
  spec.parts = std::move(parts);
  return std::make_shared<CommOp>("all_gather", std::move(spec));
}

OpPtr exchange_op(std::vector<int> mesh_axes, DType dtype, Region owned, Region needed,
                  std::vector<Transfer> sends, std::vector<Transfer> receives, int group_size) {
  CommSpec spec{.kind = CommKind::exchange, .mesh_axes = std::move(mesh_axes), .group_size = group_size};
  spec.source = std::move(owned);
  spec.target = std::move(needed);
  for (const Transfer& send : sends) spec.network_bytes += bytes_of(dtype, send.region.elems());
  spec.sends = std::move(sends);
  spec.receives = std::move(receives);
  return std::make_shared<CommOp>("exchange", std::move(spec));
}

OpPtr take_region_op(Region outer, Region inner) {
  return std::make_shared<TakeRegion>(std::move(outer), std::move(inner));
}

OpPtr keep_or_zero_op(bool keep) { return std::make_shared<KeepOrZero>(keep); }

}  // namespace weft
