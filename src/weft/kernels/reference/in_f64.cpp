#include "weft/kernels/reference/in_f64.h"

#include <cstring>
#include <memory>
#include <vector>

#include "weft/base/alignment.h"
#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"

namespace weft::reference {

namespace {

void widen(const View& from, double* to) {
  with_floating(from.type.dtype, [&](auto element) {
    const auto* data = from.as<decltype(element)>();
    for (int64_t i = 0; i < from.elems(); ++i) to[i] = static_cast<double>(kernels::load(data, i));
  });
}

void round(const double* from, const View& to) {
  with_floating(to.type.dtype, [&](auto element) {
    using T = decltype(element);
    auto* data = to.as<T>();
    for (int64_t i = 0; i < to.elems(); ++i)
      kernels::store(data, i, static_cast<kernels::Compute<T>>(from[i]));
  });
}

/// While it lives, parallel_for of the calling thread uses no other: the naive kernels are also what the cpu
/// runs f64 with, and cut their work for its threads.
class OneThread {
 public:
  OneThread() : before_(threads()) { set_threads(1); }
  ~OneThread() { set_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

/// The operands as the body sees them: made once, pointed at memory at every run.
struct Widened {
  std::vector<View> inputs;
  std::vector<View> outputs;
  std::vector<int64_t> input_at;  ///< offset in the scratch, or -1 where the operand is passed as it is
  std::vector<int64_t> output_at;
  int64_t bytes = 0;

  void add(const TensorType& type, std::vector<View>& views, std::vector<int64_t>& offsets, bool always) {
    const bool copied = always || is_floating(type.dtype);
    views.push_back({nullptr, widened(type)});
    offsets.push_back(copied ? bytes : -1);
    if (copied) bytes += aligned(views.back().bytes());
  }
};

}  // namespace

TensorType widened(const TensorType& type) {
  return {is_floating(type.dtype) ? DType::f64 : type.dtype, type.shape};
}

Kernel in_f64(const BindRequest& request, std::function<void(const KernelContext&)> body) {
  const auto state = std::make_shared<Widened>();
  for (const TensorType& type : request.inputs) state->add(type, state->inputs, state->input_at, false);
  for (const TensorType& type : request.outputs) state->add(type, state->outputs, state->output_at, true);
  const auto run = [state, body = std::move(body)](const KernelContext& context) {
    Widened& w = *state;
    for (size_t i = 0; i < w.inputs.size(); ++i) {
      const bool copied = w.input_at[i] >= 0;
      w.inputs[i].data = copied ? context.scratch + w.input_at[i] : context.inputs[i].data;
      if (copied) widen(context.inputs[i], w.inputs[i].as<double>());
    }
    for (size_t o = 0; o < w.outputs.size(); ++o) w.outputs[o].data = context.scratch + w.output_at[o];
    {
      const OneThread alone;
      body({w.inputs, w.outputs, nullptr});
    }
    for (size_t o = 0; o < w.outputs.size(); ++o) {
      const View& out = context.outputs[o];
      if (out.elems() == 0) continue;
      if (is_floating(out.type.dtype)) {
        round(w.outputs[o].as<double>(), out);
      } else {
        std::memcpy(out.data, w.outputs[o].data, static_cast<size_t>(out.bytes()));
      }
    }
  };
  return {run, state->bytes};
}

}  // namespace weft::reference
