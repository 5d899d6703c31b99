#pragma once
// Problems as the contest on strategy search writes them (ASPLOS 2025, github.com/google/iopddl): JSON, which
// may be packed by gzip.
#include <filesystem>
#include <string>
#include <string_view>

#include "weft/plan/solve/problem.h"

namespace weft {

struct ContestProblem {
  std::string name;  ///< as the file says
  Problem problem;
};

/// Of a file, packed or not. UserError where it cannot be read or is no problem.
ContestProblem read_contest_file(const std::filesystem::path& path);
/// Of its text; messages begin with `path`.
ContestProblem parse_contest(std::string_view text, const std::string& path);

}  // namespace weft
