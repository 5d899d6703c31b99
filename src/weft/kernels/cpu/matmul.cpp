#include "weft/kernels/matmul.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "weft/base/check.h"
#include "weft/kernels/cpu/matmul_few_rows.h"
#include "weft/kernels/cpu/matmul_product.h"
#include "weft/kernels/cpu/widened.h"

namespace weft::kernels {
namespace {

void check_shape(const GemmShape& s) {
  WEFT_CHECK(s.batch >= 0 && s.m >= 0 && s.n >= 0 && s.k >= 0, "a matrix product of {}x [{}, {}, {}]",
             s.batch, s.m, s.n, s.k);
  const bool supported = s.in == DType::f64 || s.in == DType::f32 || s.in == DType::bf16;
  WEFT_CHECK(supported && (s.out == s.in || (s.in == DType::bf16 && s.out == DType::f32)),
             "a matrix product from {} to {}", name_of(s.in), name_of(s.out));
  if (s.in != DType::f64 && std::max({s.batch, s.m, s.n, s.k}) > INT32_MAX) {
    user_error("matmul: a product of {}x [{}, {}, {}] has a dimension above 2^31 - 1, the most for oneDNN",
               s.batch, s.m, s.n, s.k);
  }
}

bool empty(const GemmShape& s) { return s.batch == 0 || s.m == 0 || s.n == 0 || s.k == 0; }

bool is_widened(const GemmShape& s) { return s.in == DType::bf16 && !onednn_has_bf16(); }

}  // namespace

struct Gemm::Body {
  GemmShape shape;
  PackedLayout packed;
  bool few_rows;
  // Neither: empty, f64 or of few rows.
  std::optional<OneDnnProduct> product;
  std::optional<WidenedProduct> widened;

  Body(const GemmShape& s, bool packed_b, const GemmStrategy& strategy)
      : shape(s), packed(plain_b_layout(s)), few_rows(strategy.few_rows && !empty(s)) {
    check_shape(s);
    if (empty(s) || s.in == DType::f64 || few_rows) return;
    if (is_widened(s)) {
      widened.emplace(s);
      return;
    }
    product.emplace(s, packed_b, strategy);
    packed = product->packed_layout();
  }

  void run(const void* a, const void* b, void* out, std::byte* scratch) const {
    if (product) {
      product->run(a, b, out, scratch);
    } else if (widened) {
      widened->run(a, b, out, scratch);
    } else if (few_rows) {
      few_rows_product(shape, a, b, out);
    } else if (!empty(shape)) {
      f64_gemm(shape, static_cast<const double*>(a), static_cast<const double*>(b),
               static_cast<double*>(out));
    } else if (const int64_t elems = shape.batch * shape.m * shape.n; elems > 0) {
      std::memset(out, 0, static_cast<size_t>(elems * bytes_of(shape.out)));
    }
  }
};

Gemm::Gemm(const GemmShape& shape, bool packed_b)
    : body_(std::make_unique<Body>(shape, packed_b, choose_strategy(shape, packed_b))) {}
Gemm::Gemm(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Gemm::~Gemm() = default;
Gemm::Gemm(Gemm&& other) noexcept = default;
Gemm& Gemm::operator=(Gemm&& other) noexcept = default;
const GemmShape& Gemm::shape() const { return body_->shape; }
int64_t Gemm::scratch_bytes() const {
  if (body_->widened) return body_->widened->scratch_bytes();
  return body_->product ? body_->product->scratch_bytes() : 0;
}
int64_t Gemm::extra_bytes() const {
  if (body_->widened) return body_->widened->extra_bytes();
  return body_->product ? body_->product->extra_bytes() : 0;
}
const PackedLayout& Gemm::packed_layout() const { return body_->packed; }
void Gemm::run(const void* a, const void* b, void* out, std::byte* scratch) const {
  body_->run(a, b, out, scratch);
}

Gemm make_gemm(const GemmShape& shape, bool packed_b, const GemmStrategy& strategy) {
  return Gemm(std::make_unique<Gemm::Body>(shape, packed_b, strategy));
}

struct Packer::Body {
  PackedLayout layout;
  OneDnn dnn;
  std::optional<BPacking> packing;  // none: a copy
  int64_t rounds = 0;               // elements of f32 that the copy rounds

  Body(const GemmShape& s, DType source, const GemmStrategy& strategy) : layout(plain_b_layout(s)) {
    check_shape(s);
    const bool converts = source != s.in;
    WEFT_CHECK(!converts || (source == DType::f32 && s.in == DType::bf16), "packing {} from {}",
               name_of(s.in), name_of(source));
    if (s.batch * s.k * s.n == 0 || s.in == DType::f64) return;
    if (is_widened(s)) {
      rounds = converts ? s.batch * s.k * s.n : 0;
      return;
    }
    // A product of no rows still has a b to convert.
    const bool plain = empty(s) || strategy.few_rows;
    const BLayout to = plain ? plain_pieces(s) : choose_b_layout(dnn, s, strategy);
    layout = to.packed;
    packing.emplace(dnn, s, source, to);
  }
};

Packer::Packer(const GemmShape& shape, DType source)
    : body_(std::make_unique<Body>(shape, source, choose_strategy(shape, true))) {}
Packer::Packer(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Packer::~Packer() = default;
Packer::Packer(Packer&& other) noexcept = default;
Packer& Packer::operator=(Packer&& other) noexcept = default;
const PackedLayout& Packer::layout() const { return body_->layout; }
int64_t Packer::scratch_bytes() const { return body_->packing ? body_->packing->scratch_bytes() : 0; }
void Packer::run(const void* plain, void* packed, std::byte* scratch) const {
  if (body_->packing) {
    body_->packing->run(body_->dnn, plain, packed, scratch);
  } else if (body_->rounds > 0) {
    narrow(static_cast<const std::byte*>(plain), body_->rounds, packed);
  } else if (layout().bytes > 0) {
    std::memcpy(packed, plain, static_cast<size_t>(layout().bytes));
  }
}

std::string onednn_version() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
}

Packer make_packer(const GemmShape& shape, DType source, const GemmStrategy& strategy) {
  return Packer(std::make_unique<Packer::Body>(shape, source, strategy));
}

}  // namespace weft::kernels
