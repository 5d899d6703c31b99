#pragma once
// weft data: what a data set holds, and data sets to try things with.
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "weft/cli/data_bench.h"
#include "weft/cli/data_make.h"
#include "weft/data/source/source_registry.h"

namespace weft {

class DataCommand {
 public:
  /// Adds `data` and what it does to the command line.
  void declare(CLI::App& app);
  bool parsed() const { return data_ != nullptr && data_->parsed(); }
  /// The process's exit code: 1 where samples are bad. Throws UserError.
  int run();

 private:
  int inspect() const;

  CLI::App* data_ = nullptr;
  CLI::App* inspect_ = nullptr;
  CLI::App* bench_ = nullptr;
  SourceOptions source_;
  bool list_ = false;
  bool check_ = false;
  std::string index_;
  DataBenchOptions bench_options_;
  DataMake make_;
};

}  // namespace weft
