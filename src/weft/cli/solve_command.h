#pragma once
// weft plan solve: the planner's solver on a problem of the contest on strategy search.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace weft {

class SolveCommand {
 public:
  /// Adds `solve` to the command `plan`.
  void declare(CLI::App& plan);
  bool parsed() const { return solve_ != nullptr && solve_->parsed(); }
  /// Prints one line of JSON. The process's exit code: 0 where the solution keeps the limit. Throws
  /// UserError.
  int run() const;

 private:
  CLI::App* solve_ = nullptr;
  std::string file_;
  std::string choice_file_;
  double seconds_ = 60;
  int64_t seed_ = 1;
};

}  // namespace weft
