#include "weft/kernels/cached_attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "weft/base/threads.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/kernels/row_index.h"
#include "weft/ops/linear/cached_attention.h"

namespace weft::kernels {

namespace {

/// One head: its rows in the cache are `step` apart.
struct Head {
  const double *query, *keys, *values;
  int64_t step, width;

  double score(int64_t row, double scale) const {
    double sum = 0;
    for (int64_t i = 0; i < width; ++i) sum += query[i] * keys[row * step + i];
    return scale * sum;
  }

  void attend(int64_t rows, double scale, double* out) const {
    double highest = -std::numeric_limits<double>::infinity(), denominator = 0;
    for (int64_t row = 0; row < rows; ++row) highest = std::max(highest, score(row, scale));
    std::fill_n(out, width, 0.0);
    for (int64_t row = 0; row < rows; ++row) {
      const double weight = std::exp(score(row, scale) - highest);
      denominator += weight;
      for (int64_t i = 0; i < width; ++i) out[i] += weight * values[row * step + i];
    }
    for (int64_t i = 0; i < width; ++i) out[i] /= denominator;
  }
};

}  // namespace

void naive_cached_attention(const View& query, const View& keys, const View& values, const View& position,
                            const View& out, double scale) {
  const Dims& cache = keys.type.shape;
  const int64_t length = cache[1], heads = cache[2], width = cache[3];
  const int64_t rows = row_index("cached_attention", position, length - 1) + 1;
  parallel_for(cache[0] * heads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t bh = begin; bh < end; ++bh) {
      const int64_t first = (bh / heads * length * heads + bh % heads) * width;
      const Head head{query.as<double>() + bh * width, keys.as<double>() + first, values.as<double>() + first,
                      heads * width, width};
      head.attend(rows, scale, out.as<double>() + bh * width);
    }
  });
}

}  // namespace weft::kernels

namespace weft::reference {

void register_cached_attention(Device& device) {
  device.add<CachedAttention>([](const CachedAttention& op, const BindRequest& request) {
    return in_f64(request, [scale = op.scale](const KernelContext& context) {
      const auto& in = context.inputs;
      kernels::naive_cached_attention(in[0], in[1], in[2], in[3], context.outputs[0], scale);
    });
  });
}

}  // namespace weft::reference
