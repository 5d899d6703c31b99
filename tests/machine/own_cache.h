#pragma once
// A cache of a test's own, where `weft probe` keeps what it measured.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "weft/machine/machine_cache.h"

namespace weft::testing {

/// XDG_CACHE_HOME is an empty folder while this lives, and then what it was.
class OwnCache {
 public:
  explicit OwnCache(const std::string& name = "own")
      : before_(std::getenv("XDG_CACHE_HOME")),
        home_(std::filesystem::path(::testing::TempDir()) / fmt::format("weft-cache-{}-{}", name, getpid())) {
    std::filesystem::create_directories(folder());
    setenv("XDG_CACHE_HOME", home_.c_str(), 1);
  }
  ~OwnCache() {
    setenv("XDG_CACHE_HOME", before_.c_str(), 1);
    std::error_code error;
    std::filesystem::remove_all(home_, error);
  }
  OwnCache(const OwnCache&) = delete;
  OwnCache& operator=(const OwnCache&) = delete;

  const std::filesystem::path& home() const { return home_; }
  std::filesystem::path folder() const { return home_ / "weft"; }
  std::filesystem::path path(const MeasuredOn& here) const { return cached_machine_path(folder(), here); }
  /// Puts `text` where rates of `here` are looked for.
  void put(const MeasuredOn& here, const std::string& text) const { std::ofstream(path(here)) << text; }

 private:
  std::string before_;
  std::filesystem::path home_;
};

}  // namespace weft::testing
