#include "weft/kernels/cpu/matmul_product.h"

#include <algorithm>

#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/kernels/cpu/onednn_versions.h"

namespace weft::kernels {
namespace {

using Layout = dnnl::memory::desc;

/// [batch, rows, columns] of a stored matrix that has `stored_rows` x `stored_columns`, or of its transpose;
/// the batch is left out when it is one.
Layout part(const GemmShape& s, Range rows, Range columns, int64_t stored_rows, int64_t stored_columns,
            DType dtype, bool transposed) {
  const Dims strides = transposed ? Dims{1, stored_rows} : Dims{stored_columns, 1};
  if (s.batch == 1) return Layout({rows.size(), columns.size()}, onednn_dtype(dtype), strides);
  return Layout({s.batch, rows.size(), columns.size()}, onednn_dtype(dtype),
                {stored_rows * stored_columns, strides[0], strides[1]});
}

Layout dense(const GemmShape& s, int64_t rows, int64_t columns, DType dtype) {
  return part(s, {0, rows}, {0, columns}, rows, columns, dtype, false);
}

Layout a_part(const GemmShape& s, Range rows, Range terms) {
  return part(s, rows, terms, s.m, s.k, s.in, s.transpose_a);
}
int64_t a_offset(const GemmShape& s, Range rows, Range terms) {
  return (s.transpose_a ? terms.begin * s.m + rows.begin : rows.begin * s.k + terms.begin) * bytes_of(s.in);
}

Layout b_part(const GemmShape& s, Range terms, DType dtype) {
  return part(s, terms, {0, s.n}, s.k, s.n, dtype, s.transpose_b);
}
int64_t b_offset(const GemmShape& s, Range terms, DType dtype) {
  return (s.transpose_b ? terms.begin : terms.begin * s.n) * bytes_of(dtype);
}

Layout asked(OperandForm form, const Layout& plain, const Layout& row_major) {
  switch (form) {
    case OperandForm::plain:
      return plain;
    case OperandForm::row_major:
      return row_major;
    case OperandForm::blocked: {
      const BlockedLayout parts = blocked_layout(plain).value();
      return Layout(parts.dims, parts.data_type, dnnl::memory::format_tag::any);
    }
  }
  return plain;
}

/// A short last chunk joins the one before.
std::vector<Range> cut(int64_t size, int64_t chunk) {
  if (chunk <= 0 || size <= chunk) return {{0, size}};
  std::vector<Range> parts;
  const int64_t count = std::max<int64_t>(1, (size + chunk / 2) / chunk);
  for (int64_t i = 0; i < count; ++i) parts.push_back({i * chunk, i + 1 == count ? size : (i + 1) * chunk});
  return parts;
}

dnnl::matmul::primitive_desc describe(const OneDnn& dnn, const Layout& a, const Layout& b, const Layout& out,
                                      bool accumulate) {
  dnnl::primitive_attr attributes = user_scratch();
  if (accumulate) {
    dnnl::post_ops sum;
    sum.append_sum(1.0F);
    attributes.set_post_ops(sum);
  }
  return describe_matmul(dnn.engine, a, b, out, attributes);
}

DType sum_dtype(const GemmShape& s, bool many_terms) { return many_terms ? DType::f32 : s.out; }

/// b in `form`, cut along k.
BLayout b_layout(const OneDnn& dnn, const GemmShape& s, const GemmStrategy& strategy, OperandForm form) {
  BLayout all;
  const std::vector<Range> terms = cut(s.k, strategy.k_chunk);
  const Range rows = cut(s.m, strategy.m_chunk).front();
  bool plain = true;
  for (const Range range : terms) {
    const Layout stored = b_part(s, range, s.in);
    const Layout a = asked(strategy.a, a_part(s, rows, range), dense(s, rows.size(), range.size(), s.in));
    const Layout b = asked(form, stored, dense(s, range.size(), s.n, s.in));
    const Layout out = dense(s, rows.size(), s.n, sum_dtype(s, terms.size() > 1));
    const Layout chosen = describe(dnn, a, b, out, range.begin > 0).weights_desc();
    plain = plain && chosen == stored;
    all.pieces.push_back({range, chosen, all.bytes});
    all.bytes += aligned(static_cast<int64_t>(chosen.get_size()));
    all.packed.key += layout_key(chosen) + ';';
  }
  all.packed.bytes = all.bytes;
  if (plain) {
    for (BPiece& piece : all.pieces) piece.offset = b_offset(s, piece.terms, s.in);
    all.packed = plain_b_layout(s);
    all.bytes = 0;
  }
  return all;
}

}  // namespace

PackedLayout plain_b_layout(const GemmShape& s) {
  return {s.batch * s.k * s.n * bytes_of(s.in), fmt::format("plain {} {} [{}, {}, {}]", name_of(s.in),
                                                            s.transpose_b ? "nk" : "kn", s.batch, s.k, s.n)};
}

BLayout plain_pieces(const GemmShape& shape) {
  return {{{{0, shape.k}, b_part(shape, {0, shape.k}, shape.in), 0}}, 0, plain_b_layout(shape)};
}

BLayout choose_b_layout(const OneDnn& dnn, const GemmShape& shape, const GemmStrategy& strategy) {
  return b_layout(dnn, shape, strategy, OperandForm::blocked);
}

BPacking::BPacking(const OneDnn& dnn, const GemmShape& shape, DType source, const BLayout& to)
    : plain_{nullptr, shape.transpose_b ? shape.k : shape.n, shape.transpose_b} {
  for (const BPiece& piece : to.pieces) {
    Piece& made = pieces_.emplace_back();
    made.from = b_offset(shape, piece.terms, source);
    made.to = piece.offset;
    if (source == DType::f32) made.panels = panels_of(piece.layout);
    if (made.panels) continue;
    made.reorder = OneDnnReorder(dnn, b_part(shape, piece.terms, source), piece.layout);
    scratch_bytes_ = std::max(scratch_bytes_, made.reorder.scratch_bytes());
  }
}

void BPacking::run(const OneDnn& dnn, const void* plain, void* packed, std::byte* scratch) const {
  for (const Piece& piece : pieces_) {
    const std::byte* from = static_cast<const std::byte*>(plain) + piece.from;
    std::byte* to = static_cast<std::byte*>(packed) + piece.to;
    if (piece.panels) {
      PlainMatrix matrix = plain_;
      matrix.data = reinterpret_cast<const float*>(from);
      pack_panels(matrix, *piece.panels, to);
    } else {
      piece.reorder.run(dnn, from, to, scratch);
    }
  }
}

OneDnnProduct::OneDnnProduct(const GemmShape& shape, bool packed_b, const GemmStrategy& strategy) {
  WEFT_CHECK(shape.batch == 1 || (strategy.m_chunk == 0 && strategy.k_chunk == 0), "a batch cut into chunks");
  BLayout b = choose_b_layout(dnn_, shape, strategy);
  packed_ = b.packed;
  if (!packed_b) {
    if (strategy.b != OperandForm::blocked) b = b_layout(dnn_, shape, strategy, strategy.b);
    if (b.bytes > 0) {
      pack_b_.emplace(dnn_, shape, shape.in, b);
      sums_at_ = b.bytes;
      inner_bytes_ = pack_b_->scratch_bytes();
      extra_bytes_ += 2 * b.bytes;
    }
  }
  a_at_ = sums_at_;
  if (b.pieces.size() > 1 && shape.out != DType::f32) {
    const Layout sums = dense(shape, shape.m, shape.n, DType::f32);
    narrow_.emplace(dnn_, sums, dense(shape, shape.m, shape.n, shape.out));
    inner_bytes_ = std::max(inner_bytes_, narrow_->scratch_bytes());
    a_at_ += aligned(static_cast<int64_t>(sums.get_size()));
    extra_bytes_ += 2 * static_cast<int64_t>(sums.get_size());
  }
  for (const Range rows : cut(shape.m, strategy.m_chunk)) {
    for (const BPiece& piece : b.pieces) {
      steps_.push_back(make_step(shape, strategy, rows, piece, b.pieces.size() > 1));
    }
  }
  inner_at_ = a_at_ + a_bytes_;
  scratch_bytes_ = inner_at_ + inner_bytes_;
}

OneDnnProduct::Step OneDnnProduct::make_step(const GemmShape& shape, const GemmStrategy& strategy, Range rows,
                                             const BPiece& b, bool many_terms) {
  const Layout stored = a_part(shape, rows, b.terms);
  const Layout a = asked(strategy.a, stored, dense(shape, rows.size(), b.terms.size(), shape.in));
  const DType sums = sum_dtype(shape, many_terms);
  const auto desc = describe(dnn_, a, b.layout, dense(shape, rows.size(), shape.n, sums), b.terms.begin > 0);
  const auto bytes = [](const Layout& layout) { return static_cast<int64_t>(layout.get_size()); };
  // Later terms are added to what is there; each part of a but the first reads b again.
  if (b.terms.begin > 0) extra_bytes_ += 2 * bytes(desc.dst_desc());
  if (rows.begin > 0) extra_bytes_ += bytes(b.layout);
  Step step;
  step.a = a_offset(shape, rows, b.terms);
  step.b = b.offset;
  step.out = rows.begin * shape.n * bytes_of(sums);
  inner_bytes_ = std::max(inner_bytes_, static_cast<int64_t>(desc.scratchpad_desc().get_size()));
  if (desc.src_desc() != stored) {
    step.reorder_a.emplace(dnn_, stored, desc.src_desc());
    a_bytes_ = std::max(a_bytes_, aligned(static_cast<int64_t>(desc.src_desc().get_size())));
    inner_bytes_ = std::max(inner_bytes_, step.reorder_a->scratch_bytes());
    extra_bytes_ += 2 * bytes(desc.src_desc());
  }
  step.call = OneDnnCall(dnn_, dnnl::matmul(desc),
                         {{DNNL_ARG_SRC, desc.src_desc()},
                          {DNNL_ARG_WEIGHTS, b.layout},
                          {DNNL_ARG_DST, desc.dst_desc()},
                          {DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc()}});
  return step;
}

void OneDnnProduct::run(const void* a, const void* b, void* out, std::byte* scratch) const {
  std::byte* inner = scratch + inner_at_;
  if (pack_b_) {
    pack_b_->run(dnn_, b, scratch, inner);
    b = scratch;
  }
  std::byte* sums = narrow_ ? scratch + sums_at_ : static_cast<std::byte*>(out);
  for (const Step& step : steps_) {
    const std::byte* left = static_cast<const std::byte*>(a) + step.a;
    if (step.reorder_a) {
      step.reorder_a->run(dnn_, left, scratch + a_at_, inner);
      left = scratch + a_at_;
    }
    step.call.run(dnn_, {left, static_cast<const std::byte*>(b) + step.b, sums + step.out, inner});
  }
  if (narrow_) narrow_->run(dnn_, sums, out, inner);
}

}  // namespace weft::kernels
