#include "weft/data/load/array_assembler.h"

#include <algorithm>
#include <cstring>

#include "weft/base/check.h"
#include "weft/tensor/with_dtype.h"

namespace weft {

namespace {

void convert(const View& from, const View& to) {
  with_dtype(from.type.dtype, [&](auto source) {
    with_dtype(to.type.dtype, [&](auto target) {
      using From = decltype(source);
      using To = decltype(target);
      std::transform(from.as<From>(), from.as<From>() + from.elems(), to.as<To>(),
                     [](From value) { return element_cast<To>(value); });
    });
  });
}

}  // namespace

ArrayAssembler::ArrayAssembler(const Source& source, Options options)
    : source_(source), part_(std::move(options.part)) {
  const std::span<const Field> fields = source.fields();
  scratch_.resize(static_cast<size_t>(options.workers));
  for (size_t i = 0; i < fields.size(); ++i) {
    const TensorType& whole = fields[i].type;
    WEFT_CHECK(std::ranges::all_of(whole.shape, [](int64_t size) { return size >= 0; }),
               "field {} differs in shape from sample to sample", fields[i].name);
    if (part_.size() <= i) part_.push_back(Region::all(whole.shape));
    const Dims shape = part_[i].shape();
    types_.push_back({i < options.dtypes.size() ? options.dtypes[i] : whole.dtype, shape});
    for (auto& worker : scratch_) {
      const bool same = types_[i].dtype == whole.dtype;
      worker.emplace_back(same ? 0 : static_cast<size_t>(TensorType{whole.dtype, shape}.bytes()));
    }
  }
}

void ArrayAssembler::assemble(int worker, int64_t /*epoch*/, int64_t sample,
                              std::span<const std::byte> record, std::span<const View> row) {
  std::vector<std::vector<std::byte>>& scratch = scratch_[static_cast<size_t>(worker)];
  std::vector<View> targets(row.begin(), row.end());
  for (size_t i = 0; i < targets.size(); ++i) {
    if (!scratch[i].empty())
      targets[i] = {scratch[i].data(), {source_.fields()[i].type.dtype, types_[i].shape}};
  }
  source_.unpack(sample, part_, record, targets);
  for (size_t i = 0; i < targets.size(); ++i) {
    if (!scratch[i].empty()) convert(targets[i], row[i]);
  }
}

void ArrayAssembler::assemble_empty(std::span<const View> row) {
  for (const View& view : row) {
    std::memset(view.data, 0, static_cast<size_t>(view.bytes()));
    if (view.type.dtype == DType::i32) std::fill_n(view.as<int32_t>(), view.elems(), -1);
  }
}

}  // namespace weft
