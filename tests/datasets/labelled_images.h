#pragma once
// Images with class ids, as a safetensors file that data.kind = "arrays" reads.
#include <cstdint>
#include <filesystem>
#include <vector>

#include "weft/store/safetensors.h"

namespace weft::testing {

/// The first `count` images of shape `image` [H, W, C], and their labels.
inline void write_labelled_images(const std::filesystem::path& path, std::vector<float>& pixels,
                                  std::vector<int64_t>& labels, int64_t count, Dims image) {
  const auto bytes = [](auto& values) { return reinterpret_cast<std::byte*>(values.data()); };
  image.insert(image.begin(), count);
  write_safetensors(path, std::vector<NamedView>{{"image", {bytes(pixels), {DType::f32, std::move(image)}}},
                                                 {"label", {bytes(labels), {DType::i64, {count}}}}});
}

}  // namespace weft::testing
