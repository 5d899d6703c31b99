#pragma once
// weft simulate: what a cluster would do, without the cluster.
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace weft {

class SimulateCommand {
 public:
  /// Adds `simulate` and what it does to the command line.
  void declare(CLI::App& app);
  bool parsed() const { return simulate_ != nullptr && simulate_->parsed(); }
  /// The process's exit code. Throws UserError.
  int run() const;

 private:
  CLI::App* simulate_ = nullptr;
  std::string scenario_;
  std::string json_;
  std::vector<std::string> policies_;
};

}  // namespace weft
