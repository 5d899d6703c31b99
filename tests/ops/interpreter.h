#pragma once
// Runs a graph naively: every value has memory of its own and the nodes run in their order, whatever their
// segment. The reference that plans are compared with.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "weft/base/check.h"
#include "weft/base/philox.h"
#include "weft/graph/device.h"
#include "weft/graph/graph.h"
#include "weft/tensor/bits.h"

namespace weft::testing {

/// Owns the 64-byte aligned memory of one tensor.
class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(TensorType type)
      : type_(std::move(type)), storage_(static_cast<size_t>(type_.bytes()) + 64) {}

  const TensorType& type() const { return type_; }
  View view() {
    const auto address = reinterpret_cast<uintptr_t>(storage_.data());
    return {storage_.data() + (64 - address % 64) % 64, type_};
  }

 private:
  TensorType type_;
  std::vector<std::byte> storage_;
};

/// The elements of any dtype as doubles.
inline std::vector<double> to_doubles(const View& view) {
  std::vector<double> values(static_cast<size_t>(view.elems()));
  for (size_t i = 0; i < values.size(); ++i) {
    switch (view.type.dtype) {
      case DType::f64:
        values[i] = view.as<double>()[i];
        break;
      case DType::f32:
        values[i] = view.as<float>()[i];
        break;
      case DType::bf16:
        values[i] = static_cast<double>(static_cast<float>(view.as<BFloat16>()[i]));
        break;
      case DType::i64:
        values[i] = static_cast<double>(view.as<int64_t>()[i]);
        break;
      case DType::i32:
        values[i] = view.as<int32_t>()[i];
        break;
      case DType::u8:
        values[i] = view.as<uint8_t>()[i];
        break;
      case DType::bit:
        values[i] = load_bit(view.data, static_cast<int64_t>(i)) ? 1 : 0;
        break;
    }
  }
  return values;
}

/// Rounds `values` into a view of any dtype.
inline void from_doubles(const std::vector<double>& values, const View& view) {
  WEFT_CHECK(values.size() == static_cast<size_t>(view.elems()), "{} values for {}", values.size(),
             to_string(view.type));
  for (size_t i = 0; i < values.size(); ++i) {
    switch (view.type.dtype) {
      case DType::f64:
        view.as<double>()[i] = values[i];
        break;
      case DType::f32:
        view.as<float>()[i] = static_cast<float>(values[i]);
        break;
      case DType::bf16:
        view.as<BFloat16>()[i] = BFloat16(static_cast<float>(values[i]));
        break;
      case DType::i64:
        view.as<int64_t>()[i] = static_cast<int64_t>(values[i]);
        break;
      case DType::i32:
        view.as<int32_t>()[i] = static_cast<int32_t>(values[i]);
        break;
      case DType::u8:
        view.as<uint8_t>()[i] = static_cast<uint8_t>(values[i]);
        break;
      case DType::bit:
        store_bit(view.data, static_cast<int64_t>(i), values[i] != 0);
        break;
    }
  }
}

inline std::vector<TensorType> types_of(std::span<const View> views) {
  std::vector<TensorType> types;
  for (const View& view : views) types.push_back(view.type);
  return types;
}

/// A device by name; the tests' devices never change.
inline const Device& device_named(std::string_view name) {
  static const DeviceRegistry devices = [] {
    DeviceRegistry all;
    register_all_devices(all);
    return all;
  }();
  return devices.find(name);
}

/// Binds and runs one op.
inline void run_op(const Op& op, const std::vector<View>& inputs, const std::vector<View>& outputs,
                   const Device& device = device_named("cpu")) {
  const std::vector<TensorType> in = types_of(inputs);
  const std::vector<TensorType> out = types_of(outputs);
  const Kernel kernel = device.bind({op, in, out});
  Tensor scratch(TensorType{DType::u8, {kernel.scratch_bytes}});
  kernel.run({inputs, outputs, scratch.view().data});
}

/// A graph with memory and bound kernels. The graph must outlive it.
class Interpreter {
 public:
  explicit Interpreter(const Graph& graph, const Device& device = device_named("cpu")) : graph_(graph) {
    for (const Value& value : graph.values()) values_.emplace_back(value.type);
    int64_t scratch_bytes = 0;
    for (const Node& node : graph.nodes()) {
      const std::vector<TensorType> in = graph.input_types(node);
      const std::vector<TensorType> out = graph.output_types(node);
      kernels_.push_back(device.bind({*node.op, in, out}));
      scratch_bytes = std::max(scratch_bytes, kernels_.back().scratch_bytes);
    }
    scratch_ = Tensor(TensorType{DType::u8, {scratch_bytes}});
  }

  View view(ValueId id) { return values_[id.at()].view(); }
  void set(ValueId id, const std::vector<double>& values) { from_doubles(values, view(id)); }
  std::vector<double> get(ValueId id) { return to_doubles(view(id)); }
  std::vector<View> views(const std::vector<ValueId>& ids) {
    std::vector<View> result;
    for (const ValueId id : ids) result.push_back(view(id));
    return result;
  }

  /// Runs all nodes; then the states take their next values.
  void run() {
    for (size_t n = 0; n < kernels_.size(); ++n) {
      const Node& node = graph_.nodes()[n];
      kernels_[n].run({views(node.inputs), views(node.outputs), scratch_.view().data});
    }
    for (const StateUpdate& update : graph_.updates()) set(update.state, get(update.next));
  }

 private:
  const Graph& graph_;
  std::vector<Tensor> values_;
  std::vector<Kernel> kernels_;
  Tensor scratch_;
};

/// `count` uniform draws in [low, high): a pure function of (seed, stream).
inline std::vector<double> random_values(uint64_t seed, uint64_t stream, int64_t count, double low,
                                         double high) {
  const RandomStream random{seed, stream, 0};
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) {
    values.push_back(low + (high - low) * random.uniform(static_cast<uint64_t>(i)));
  }
  return values;
}

}  // namespace weft::testing
