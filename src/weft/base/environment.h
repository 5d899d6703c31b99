#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace weft {

/// A whole number above 0 in the environment; nothing where the variable is not there or says anything else,
/// such as Slurm's "4(x2)".
std::optional<int64_t> number_in_environment(const char* variable);

/// The name of this machine in its network; "host" where it has none.
std::string host_name();

}  // namespace weft
