#pragma once
// Small networks on data at a path, as TOML that goes on with further keys of [data].
#include <fmt/format.h>

#include <filesystem>
#include <string>

namespace weft::testing {

/// One layer of width 16 that reads 8 tokens.
inline std::string tiny_gpt(const std::filesystem::path& text) {
  return fmt::format(R"([model]
kind = "gpt"
layers = 1
heads = 2
width = 16
[data]
kind = "text"
path = "{}"
context = 8
)",
                     text.string());
}

/// Three stages of one block.
inline std::string tiny_resnet(const std::filesystem::path& images) {
  return fmt::format(R"([model]
kind = "resnet"
depth = 8
[data]
kind = "images"
path = "{}"
)",
                     images.string());
}

}  // namespace weft::testing
