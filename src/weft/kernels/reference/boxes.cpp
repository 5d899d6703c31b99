#include <cstring>

#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/shape/concat.h"
#include "weft/ops/shape/pad.h"
#include "weft/ops/shape/slice.h"
#include "weft/tensor/bits.h"

namespace weft::reference {

namespace {

void copy_element(const View& x, int64_t from, const View& out, int64_t to) {
  if (x.type.dtype == DType::bit) return store_bit(out.data, to, load_bit(x.data, from));
  const int64_t item = bytes_of(x.type.dtype);
  std::memcpy(out.data + to * item, x.data + from * item, static_cast<size_t>(item));
}

/// Element by element: the box of x goes to the box of out, which has the same shape.
void copy_box(const View& x, const Region& source, const View& out, const Region& target) {
  const Dims shape = source.shape();
  const Dims steps = strides_of(x.type.shape);
  const Dims out_steps = strides_of(out.type.shape);
  for (int64_t i = 0; i < elems_of(shape); ++i) {
    int64_t left = i;
    int64_t from = 0;
    int64_t to = 0;
    for (size_t d = shape.size(); d-- > 0;) {
      const int64_t at = left % shape[d];
      from += (source.ranges[d].begin + at) * steps[d];
      to += (target.ranges[d].begin + at) * out_steps[d];
      left /= shape[d];
    }
    copy_element(x, from, out, to);
  }
}

void clear(const View& out) {
  if (out.bytes() > 0) std::memset(out.data, 0, static_cast<size_t>(out.bytes()));
}

Kernel bind_slice(const Slice& op, const BindRequest& request) {
  return in_f64(request, [box = op.box](const KernelContext& context) {
    const View& out = context.outputs[0];
    clear(out);
    copy_box(context.inputs[0], box, out, Region::all(out.type.shape));
  });
}

Kernel bind_pad(const Pad& op, const BindRequest& request) {
  const Dims& shape = request.inputs[0].shape;
  return in_f64(request, [all = Region::all(shape), inner = op.inner(shape)](const KernelContext& context) {
    clear(context.outputs[0]);
    copy_box(context.inputs[0], all, context.outputs[0], inner);
  });
}

Kernel bind_concat(const Concat& op, const BindRequest& request) {
  return in_f64(request, [boxes = op.boxes(request.inputs)](const KernelContext& context) {
    clear(context.outputs[0]);
    for (size_t i = 0; i < boxes.size(); ++i) {
      const View& x = context.inputs[i];
      copy_box(x, Region::all(x.type.shape), context.outputs[0], boxes[i]);
    }
  });
}

}  // namespace

void register_boxes(Device& device) {
  device.add<Slice>(bind_slice);
  device.add<Pad>(bind_pad);
  device.add<Concat>(bind_concat);
}

}  // namespace weft::reference
