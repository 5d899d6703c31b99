#pragma once
#include <cstdint>
#include <string_view>

namespace weft {

/// FNV-1a: the same on every machine and in every run.
constexpr uint64_t name_hash(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace weft
