#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "weft/base/threads.h"
#include "weft/kernels/attention_head.h"
#include "weft/kernels/attention_operands.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"

namespace weft::kernels {
namespace {

template <class T>
double widened(T value) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    return static_cast<float>(value);
  } else {
    return static_cast<double>(value);
  }
}

template <class T>
T narrowed(double value) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    return BFloat16(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <class T>
double dot(const T* a, const T* b, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += widened(a[i]) * widened(b[i]);
  return sum;
}

/// One head of queries with the keys and values of its group.
template <class T>
struct Head {
  const AttentionShape& s;
  const AttentionInputs& in;
  int64_t batch;
  int64_t head;

  int64_t group() const { return head / s.heads_of_group(); }
  const T* query(int64_t t) const { return row_of<T>(in.q, s, batch, head, t); }
  const T* key(int64_t j) const { return row_of<T>(in.k, s, batch, group(), j); }
  const T* value(int64_t j) const { return row_of<T>(in.v, s, batch, group(), j); }
  double score(int64_t t, int64_t j) const { return s.scale * dot(query(t), key(j), s.width); }
  int64_t seen(int64_t t) const { return seen_by(s, t, keys_of(s, in, batch)); }
  /// What a weight is multiplied by.
  double kept(int64_t t, int64_t j) const {
    if (s.dropout.rate == 0) return 1;
    const DropoutRule rule = DropoutRule::of_rate(s.dropout.rate);
    const auto word = static_cast<uint64_t>(first_word(s, batch, head, j) + t);
    const bool keeps = static_cast<int32_t>(stream_of(s, in.step).half_word(word)) >= rule.threshold;
    return keeps ? 1 / (1 - s.dropout.rate) : 0;
  }
};

/// Calls visit(head, number of the head among all of this part).
template <class T, class Visit>
void for_each_head(const AttentionShape& s, const AttentionInputs& in, int64_t batch, int64_t group,
                   Visit&& visit) {
  for (int64_t i = 0; i < s.heads_of_group(); ++i) {
    const int64_t head = group * s.heads_of_group() + i;
    visit(Head<T>{s, in, batch, head}, batch * s.heads + head);
  }
}

template <class T, class L>
void forward_head(const Head<T>& head, const AttentionHeads& out, L* lse) {
  const AttentionShape& s = head.s;
  std::vector<double> scores(static_cast<size_t>(s.keys));
  for (int64_t t = 0; t < s.queries; ++t) {
    const int64_t seen = head.seen(t);
    double highest = -std::numeric_limits<double>::infinity(), denominator = 0;
    for (int64_t j = 0; j < seen; ++j) {
      scores[static_cast<size_t>(j)] = head.score(t, j);
      highest = std::max(highest, scores[static_cast<size_t>(j)]);
    }
    for (int64_t j = 0; j < seen; ++j) denominator += std::exp(scores[static_cast<size_t>(j)] - highest);
    const double total = seen > 0 ? highest + std::log(denominator) : 0;
    lse[t] = static_cast<L>(total);
    for (int64_t e = 0; e < s.width; ++e) {
      double sum = 0;
      for (int64_t j = 0; j < seen; ++j) {
        sum += head.kept(t, j) * std::exp(scores[static_cast<size_t>(j)] - total) * widened(head.value(j)[e]);
      }
      row_of<T>(out, s, head.batch, head.head, t)[e] = narrowed<T>(sum);
    }
  }
}

/// dq of a head, and sums of dk and dv of a group, in f64 whatever T is: [tokens, width].
struct Sums {
  std::vector<double> dq, dk, dv;
};

template <class T, class L>
void backward_head(const Head<T>& head, const AttentionHeads& out, const L* lse, const AttentionHeads& dout,
                   Sums& sums) {
  const AttentionShape& s = head.s;
  for (int64_t t = 0; t < s.queries; ++t) {
    const T* dout_row = row_of<T>(dout, s, head.batch, head.head, t);
    const double row_product = dot(dout_row, row_of<T>(out, s, head.batch, head.head, t), s.width);
    for (int64_t j = 0; j < head.seen(t); ++j) {
      const double p = std::exp(head.score(t, j) - widened(lse[t]));
      const double kept = head.kept(t, j);
      const double dscore = s.scale * p * (kept * dot(dout_row, head.value(j), s.width) - row_product);
      for (int64_t e = 0; e < s.width; ++e) {
        sums.dq[static_cast<size_t>(t * s.width + e)] += dscore * widened(head.key(j)[e]);
        sums.dk[static_cast<size_t>(j * s.width + e)] += dscore * widened(head.query(t)[e]);
        sums.dv[static_cast<size_t>(j * s.width + e)] += kept * p * widened(dout_row[e]);
      }
    }
  }
}

template <class T>
void store(const std::vector<double>& sums, const AttentionShape& s, int64_t batch, int64_t head,
           const AttentionHeads& to) {
  for (size_t i = 0; i < sums.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    row_of<T>(to, s, batch, head, at / s.width)[at % s.width] = narrowed<T>(sums[i]);
  }
}

/// Calls visit(batch, group) for all, by threads.
template <class Visit>
void for_each_group(const AttentionShape& s, const Visit& visit) {
  parallel_for(s.batch * s.groups, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) visit(i / s.groups, i % s.groups);
  });
}

}  // namespace

void naive_attention_forward(const AttentionShape& s, const AttentionInputs& in, const AttentionHeads& out,
                             void* lse) {
  with_floating(s.dtype, [&]<class T>(T) {
    for_each_group(s, [&](int64_t batch, int64_t group) {
      for_each_head<T>(s, in, batch, group, [&](const Head<T>& head, int64_t number) {
        forward_head(head, out, static_cast<Compute<T>*>(lse) + number * s.queries);
      });
    });
  });
}

void naive_attention_backward(const AttentionShape& s, const AttentionInputs& in, const AttentionHeads& out,
                              const void* lse, const AttentionHeads& dout,
                              const AttentionGradients& gradients) {
  with_floating(s.dtype, [&]<class T>(T) {
    for_each_group(s, [&](int64_t batch, int64_t group) {
      const auto of_keys = static_cast<size_t>(s.keys * s.width);
      Sums sums{{}, std::vector<double>(of_keys), std::vector<double>(of_keys)};
      for_each_head<T>(s, in, batch, group, [&](const Head<T>& head, int64_t number) {
        sums.dq.assign(static_cast<size_t>(s.queries * s.width), 0);
        backward_head(head, out, static_cast<const Compute<T>*>(lse) + number * s.queries, dout, sums);
        store<T>(sums.dq, s, batch, head.head, gradients.dq);
      });
      store<T>(sums.dk, s, batch, group, gradients.dk);
      store<T>(sums.dv, s, batch, group, gradients.dv);
    });
  });
}

}  // namespace weft::kernels

namespace weft::reference {

namespace {

/// The shape with all floating operands in f64.
kernels::AttentionShape shape_of(const AttentionForm& form, const BindRequest& request) {
  kernels::AttentionShape shape = kernels::attention_shape(form, request.inputs);
  shape.dtype = DType::f64;
  return shape;
}

}  // namespace

void register_attention(Device& device) {
  device.add<Attention>([](const Attention& op, const BindRequest& request) {
    const auto run = [form = op.form, shape = shape_of(op.form, request)](const KernelContext& context) {
      kernels::naive_attention_forward(shape, kernels::attention_inputs(form, shape, context.inputs),
                                       kernels::attention_output(shape, context.outputs[0]),
                                       context.outputs[1].data);
    };
    return in_f64(request, run);
  });
  device.add<AttentionBackward>([](const AttentionBackward& op, const BindRequest& request) {
    const auto run = [form = op.form, shape = shape_of(op.form, request)](const KernelContext& context) {
      const size_t at = form.heads_operands();
      kernels::naive_attention_backward(shape, kernels::attention_inputs(form, shape, context.inputs),
                                        kernels::attention_output(shape, context.inputs[at]),
                                        context.inputs[at + 1].data,
                                        kernels::attention_output(shape, context.inputs[at + 2]),
                                        kernels::attention_gradients(form, shape, context.outputs));
    };
    return in_f64(request, run);
  });
}

}  // namespace weft::reference
