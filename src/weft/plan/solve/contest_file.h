#pragma once
// Problems as the contest on strategy search writes them (ASPLOS 2025, github.com/google/iopddl): JSON, which
// may be packed by gzip.
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "weft/plan/solve/problem.h"

namespace weft {

struct ContestProblem {
  std::string name;  ///< as the file says
  Problem problem;
};

/// Of a file, packed or not. UserError where it cannot be read, is no problem, or has more than `most_bytes`
/// unpacked.
ContestProblem read_contest_file(const std::filesystem::path& path, size_t most_bytes = size_t{4} << 30);
/// Of its text; messages begin with `path`.
ContestProblem parse_contest(std::string_view text, const std::string& path);

}  // namespace weft
