#include "weft/data/load/token_form.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

namespace {

class TokenAssembler final : public Assembler {
 public:
  TokenAssembler(const Source& source, int64_t window, int workers) : source_(source), window_(window) {
    scratch_.resize(static_cast<size_t>(workers), std::vector<int32_t>(static_cast<size_t>(window + 1)));
  }

  std::vector<TensorType> row_types() const override {
    return {{DType::i32, {window_}}, {DType::i32, {window_}}};
  }

  void assemble(int worker, int64_t /*epoch*/, int64_t sample, std::span<const std::byte> record,
                std::span<const View> row) override {
    std::vector<int32_t>& tokens = scratch_[static_cast<size_t>(worker)];
    const View all{reinterpret_cast<std::byte*>(tokens.data()), {DType::i32, {window_ + 1}}};
    source_.unpack(sample, {}, record, std::span(&all, 1));
    std::copy_n(tokens.begin(), window_, row[0].as<int32_t>());
    std::copy_n(tokens.begin() + 1, window_, row[1].as<int32_t>());
  }

  void assemble_empty(std::span<const View> row) override {
    std::fill_n(row[0].as<int32_t>(), window_, 0);
    std::fill_n(row[1].as<int32_t>(), window_, -1);
  }

 private:
  const Source& source_;
  int64_t window_;
  std::vector<std::vector<int32_t>> scratch_;  ///< of each worker
};

}  // namespace

TokenForm::TokenForm(std::shared_ptr<const Source> source)
    : source_(std::move(source)), window_(source_->fields()[0].type.shape.at(0) - 1) {
  WEFT_CHECK(source_->fields()[0].name == "tokens", "windows of {}", source_->fields()[0].name);
}

std::vector<TensorType> TokenForm::row_types(DType /*floating*/) const {
  return {{DType::i32, {window_}}, {DType::i32, {window_}}};
}

std::unique_ptr<Assembler> TokenForm::assembler(std::span<const Region> rows, DType /*floating*/,
                                                int workers) const {
  for (const Region& row : rows) WEFT_CHECK(row.elems() == window_, "a part of a window: {}", to_string(row));
  return std::make_unique<TokenAssembler>(*source_, window_, workers);
}

}  // namespace weft
