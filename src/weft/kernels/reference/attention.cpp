#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/attention.h"
#include "weft/kernels/cpu/attention_head.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/linear/attention.h"

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

/// One head: its rows by token.
template <class T>
struct Head {
  const AttentionShape& s;
  const T* qkv;
  int64_t bh;
  const T* row(int64_t part, int64_t token) const { return qkv + s.qkv_at(bh, part) + token * s.qkv_step(); }
  double score(int64_t query, int64_t key, double scale) const {
    return scale * dot(row(0, query), row(1, key), s.width);
  }
};

template <class T, class L>
void forward_head(const Head<T>& head, T* out, L* lse, bool causal, double scale) {
  const AttentionShape& s = head.s;
  std::vector<double> scores(static_cast<size_t>(s.length));
  for (int64_t i = 0; i < s.length; ++i) {
    const int64_t seen = causal ? i + 1 : s.length;
    double highest = -std::numeric_limits<double>::infinity(), denominator = 0;
    for (int64_t j = 0; j < seen; ++j) {
      scores[static_cast<size_t>(j)] = head.score(i, j, scale);
      highest = std::max(highest, scores[static_cast<size_t>(j)]);
    }
    for (int64_t j = 0; j < seen; ++j) denominator += std::exp(scores[static_cast<size_t>(j)] - highest);
    const double total = highest + std::log(denominator);
    lse[head.bh * s.length + i] = static_cast<L>(total);
    for (int64_t e = 0; e < s.width; ++e) {
      double sum = 0;
      for (int64_t j = 0; j < seen; ++j) {
        sum += std::exp(scores[static_cast<size_t>(j)] - total) * widened(head.row(2, j)[e]);
      }
      out[s.out_at(head.bh) + i * s.out_step() + e] = narrowed<T>(sum);
    }
  }
}

template <class T, class L>
void backward_head(const Head<T>& head, const T* out, const L* lse, const T* dout, T* dqkv, bool causal,
                   double scale) {
  const AttentionShape& s = head.s;
  // dq, dk, dv in f64, whatever T is.
  std::vector<double> sums(static_cast<size_t>(3 * s.length * s.width));
  const auto sum = [&](int64_t part, int64_t token) {
    return sums.data() + (part * s.length + token) * s.width;
  };
  for (int64_t i = 0; i < s.length; ++i) {
    const int64_t at = s.out_at(head.bh) + i * s.out_step();
    const double row_product = dot(dout + at, out + at, s.width);
    for (int64_t j = 0; j < (causal ? i + 1 : s.length); ++j) {
      const double p = std::exp(head.score(i, j, scale) - widened(lse[head.bh * s.length + i]));
      const double dscore = scale * p * (dot(dout + at, head.row(2, j), s.width) - row_product);
      for (int64_t e = 0; e < s.width; ++e) {
        sum(0, i)[e] += dscore * widened(head.row(1, j)[e]);
        sum(1, j)[e] += dscore * widened(head.row(0, i)[e]);
        sum(2, j)[e] += p * widened(dout[at + e]);
      }
    }
  }
  for (int64_t part = 0; part < 3; ++part) {
    for (int64_t i = 0; i < s.length * s.width; ++i) {
      dqkv[s.qkv_at(head.bh, part) + i / s.width * s.qkv_step() + i % s.width] = narrowed<T>(sum(part, 0)[i]);
    }
  }
}

}  // namespace

void naive_attention_forward(const View& qkv, const View& out, const View& lse, bool causal, double scale) {
  const AttentionShape s = attention_shape(qkv, out, lse);
  with_floating(qkv.type.dtype, [&]<class T>(T) {
    parallel_for(s.batch_heads(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t bh = begin; bh < end; ++bh) {
        forward_head(Head<T>{s, qkv.as<T>(), bh}, out.as<T>(), lse.as<Compute<T>>(), causal, scale);
      }
    });
  });
}

void naive_attention_backward(const View& qkv, const View& out, const View& lse, const View& dout,
                              const View& dqkv, bool causal, double scale) {
  const AttentionShape s = attention_shape(qkv, out, lse);
  with_floating(qkv.type.dtype, [&]<class T>(T) {
    parallel_for(s.batch_heads(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t bh = begin; bh < end; ++bh) {
        backward_head(Head<T>{s, qkv.as<T>(), bh}, out.as<T>(), lse.as<Compute<T>>(), dout.as<T>(),
                      dqkv.as<T>(), causal, scale);
      }
    });
  });
}

}  // namespace weft::kernels

namespace weft::reference {

void register_attention(Device& device) {
  device.add<Attention>([](const Attention& op, const BindRequest& request) {
    return in_f64(request, [causal = op.causal, scale = op.scale](const KernelContext& context) {
      kernels::naive_attention_forward(context.inputs[0], context.outputs[0], context.outputs[1], causal,
                                       scale);
    });
  });
  device.add<AttentionBackward>([](const AttentionBackward& op, const BindRequest& request) {
    return in_f64(request, [causal = op.causal, scale = op.scale](const KernelContext& context) {
      kernels::naive_attention_backward(context.inputs[0], context.inputs[1], context.inputs[2],
                                        context.inputs[3], context.outputs[0], causal, scale);
    });
  });
}

}  // namespace weft::reference
