#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "weft/data/synthetic/volumes.h"

namespace weft {

/// `weft data make`: files to try things with, and token files.
class DataMake {
 public:
  /// Adds `make` and what it makes to `data`.
  void declare(CLI::App& data);
  /// The process's exit code. Throws UserError.
  int run() const;

 private:
  int make_volume_file() const;
  int make_token_file() const;

  CLI::App* volumes_ = nullptr;
  CLI::App* tokens_ = nullptr;
  VolumeOptions volume_;
  std::string shape_ = "128x128x128x4";
  std::string chunk_;
  std::string text_;
  std::string tokenizer_ = "bytes";
  std::string token_file_;
};

}  // namespace weft
