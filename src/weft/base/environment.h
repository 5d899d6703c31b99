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
/// The processor, as its maker calls it: "AMD EPYC 7B13"; empty where the system does not say.
std::string processor_name();
/// A word, in quotes where a shell would make something else of it.
std::string shell_word(const std::string& word);
/// How this process was started, as a shell reads it: "weft train 'my recipe.toml'"; empty where the system
/// does not say.
std::string command_line();

}  // namespace weft
