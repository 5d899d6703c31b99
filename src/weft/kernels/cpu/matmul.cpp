#include "weft/kernels/matmul.h"

#include <cstring>
#include <optional>
#include <utility>

#include "weft/base/check.h"
#include "weft/kernels/cpu/matmul_onednn.h"
#include "weft/kernels/cpu/matmul_strategy.h"

namespace weft::kernels {
namespace {

using Layout = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;

void check_shape(const GemmShape& s) {
  WEFT_CHECK(s.batch >= 0 && s.m >= 0 && s.n >= 0 && s.k >= 0, "a matrix product of {}x [{}, {}, {}]",
             s.batch, s.m, s.n, s.k);
  WEFT_CHECK(is_floating(s.in) && (s.out == s.in || (s.in == DType::bf16 && s.out == DType::f32)),
             "a matrix product from {} to {}", name_of(s.in), name_of(s.out));
}

bool empty(const GemmShape& s) { return s.batch == 0 || s.m == 0 || s.n == 0 || s.k == 0; }

int64_t elems_b(const GemmShape& s) { return s.batch * s.k * s.n; }

/// [batch, rows, columns], or the transpose of it in memory; without the batch when it is one.
Layout matrix(const GemmShape& s, int64_t rows, int64_t columns, DType dtype, bool transposed) {
  const auto type = onednn_dtype(dtype);
  if (s.batch == 1) return Layout({rows, columns}, type, transposed ? Tag::ba : Tag::ab);
  return Layout({s.batch, rows, columns}, type, transposed ? Tag::acb : Tag::abc);
}

Layout free_layout(const Layout& layout) { return Layout(layout.dims(), layout.data_type(), Tag::any); }

Layout plain_a(const GemmShape& s, bool transposed) { return matrix(s, s.m, s.k, s.in, transposed); }
Layout plain_b(const GemmShape& s, DType dtype, bool transposed) {
  return matrix(s, s.k, s.n, dtype, transposed);
}

Layout asked(OperandForm form, const Layout& plain, const Layout& row_major) {
  switch (form) {
    case OperandForm::plain:
      return plain;
    case OperandForm::row_major:
      return row_major;
    case OperandForm::blocked:
      return free_layout(plain);
  }
  return plain;
}

dnnl::matmul::primitive_desc product(const OneDnn& dnn, const GemmShape& s, const GemmStrategy& strategy) {
  const Layout a = asked(strategy.a, plain_a(s, s.transpose_a), plain_a(s, false));
  const Layout b = asked(strategy.b, plain_b(s, s.in, s.transpose_b), plain_b(s, s.in, false));
  const Layout out = matrix(s, s.m, s.n, s.out, false);
  return {dnnl::matmul::desc(a, b, out), user_scratch(), dnn.engine};
}

PackedLayout plain_layout(const GemmShape& s) {
  return {elems_b(s) * bytes_of(s.in), fmt::format("plain {} {} [{}, {}, {}]", name_of(s.in),
                                                   s.transpose_b ? "nk" : "kn", s.batch, s.k, s.n)};
}

PackedLayout describe(const GemmShape& s, const Layout& chosen) {
  if (chosen == plain_b(s, s.in, s.transpose_b)) return plain_layout(s);
  return {aligned_bytes(static_cast<int64_t>(chosen.get_size())), layout_key(chosen)};
}

GemmStrategy packing(GemmStrategy strategy) {
  strategy.b = OperandForm::blocked;
  return strategy;
}

}  // namespace

struct Gemm::Body {
  GemmShape shape;
  PackedLayout packed;
  int64_t scratch_bytes = 0;
  OneDnn dnn;
  std::optional<OneDnnReorder> reorder_a, reorder_b;
  int64_t b_at = 0, inner_at = 0;  // scratch: a, b, then what the primitives need
  std::optional<OneDnnCall> call;  // none: empty or f64

  Body(const GemmShape& s, bool packed_b, const GemmStrategy& strategy) : shape(s), packed(plain_layout(s)) {
    check_shape(s);
    if (empty(s) || s.in == DType::f64) return;
    packed = describe(s, product(dnn, s, packing(strategy)).weights_desc());
    const auto desc = product(dnn, s, packed_b ? packing(strategy) : strategy);
    const Layout a = desc.src_desc(), b = desc.weights_desc();
    int64_t inner = static_cast<int64_t>(desc.scratchpad_desc().get_size());
    if (const Layout plain = plain_a(s, s.transpose_a); a != plain) {
      reorder_a.emplace(dnn, plain, a);
      b_at = aligned_bytes(static_cast<int64_t>(a.get_size()));
      inner = std::max(inner, reorder_a->scratch_bytes());
    }
    inner_at = b_at;
    if (const Layout plain = plain_b(s, s.in, s.transpose_b); !packed_b && b != plain) {
      reorder_b.emplace(dnn, plain, b);
      inner_at += aligned_bytes(static_cast<int64_t>(b.get_size()));
      inner = std::max(inner, reorder_b->scratch_bytes());
    }
    scratch_bytes = inner_at + inner;
    call.emplace(dnn, dnnl::matmul(desc),
                 std::vector<std::pair<int, Layout>>{{DNNL_ARG_SRC, a},
                                                     {DNNL_ARG_WEIGHTS, b},
                                                     {DNNL_ARG_DST, desc.dst_desc()},
                                                     {DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc()}});
  }

  void run(const void* a, const void* b, void* out, std::byte* scratch) const {
    if (!call) {
      const int64_t bytes = shape.batch * shape.m * shape.n * bytes_of(shape.out);
      if (!empty(shape)) {
        f64_gemm(shape, static_cast<const double*>(a), static_cast<const double*>(b),
                 static_cast<double*>(out));
      } else if (bytes > 0) {
        std::memset(out, 0, static_cast<size_t>(bytes));
      }
      return;
    }
    std::byte* inner = scratch + inner_at;
    if (reorder_a) {
      reorder_a->run(dnn, a, scratch, inner);
      a = scratch;
    }
    if (reorder_b) {
      reorder_b->run(dnn, b, scratch + b_at, inner);
      b = scratch + b_at;
    }
    call->run(dnn, {a, b, out, inner});
  }
};

Gemm::Gemm(const GemmShape& shape, bool packed_b)
    : body_(std::make_unique<Body>(shape, packed_b, choose_strategy(shape, packed_b))) {}
Gemm::Gemm(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Gemm::~Gemm() = default;
Gemm::Gemm(Gemm&& other) noexcept = default;
Gemm& Gemm::operator=(Gemm&& other) noexcept = default;
const GemmShape& Gemm::shape() const { return body_->shape; }
int64_t Gemm::scratch_bytes() const { return body_->scratch_bytes; }
const PackedLayout& Gemm::packed_layout() const { return body_->packed; }
void Gemm::run(const void* a, const void* b, void* out, std::byte* scratch) const {
  body_->run(a, b, out, scratch);
}

Gemm make_gemm(const GemmShape& shape, bool packed_b, const GemmStrategy& strategy) {
  return Gemm(std::make_unique<Gemm::Body>(shape, packed_b, strategy));
}

struct Packer::Body {
  PackedLayout layout;
  int64_t plain_bytes = 0;  // of a plain copy; zero where a reorder does it
  OneDnn dnn;
  std::optional<OneDnnReorder> reorder;

  Body(const GemmShape& s, DType source) : layout(plain_layout(s)) {
    check_shape(s);
    WEFT_CHECK(source == s.in || (source == DType::f32 && s.in == DType::bf16) ||
                   (source == DType::bf16 && s.in == DType::f32),
               "packing {} from {}", name_of(s.in), name_of(source));
    if (elems_b(s) == 0) return;
    if (s.in == DType::f64) {
      plain_bytes = layout.bytes;
      return;
    }
    Layout to = plain_b(s, s.in, s.transpose_b);
    if (!empty(s)) to = product(dnn, s, packing(choose_strategy(s, true))).weights_desc();
    layout = describe(s, to);
    reorder.emplace(dnn, plain_b(s, source, s.transpose_b), to);
  }
};

Packer::Packer(const GemmShape& shape, DType source) : body_(std::make_unique<Body>(shape, source)) {}
Packer::~Packer() = default;
Packer::Packer(Packer&& other) noexcept = default;
Packer& Packer::operator=(Packer&& other) noexcept = default;
const PackedLayout& Packer::layout() const { return body_->layout; }
int64_t Packer::scratch_bytes() const { return body_->reorder ? body_->reorder->scratch_bytes() : 0; }
void Packer::run(const void* plain, void* packed, std::byte* scratch) const {
  if (body_->reorder) {
    body_->reorder->run(body_->dnn, plain, packed, scratch);
  } else if (body_->plain_bytes > 0) {
    std::memcpy(packed, plain, static_cast<size_t>(body_->plain_bytes));
  }
}

}  // namespace weft::kernels
