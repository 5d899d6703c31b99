#include "weft/base/terminal.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace weft {

bool is_terminal(int descriptor) {
  const char* const told = std::getenv("WEFT_TERMINALS");
  if (told != nullptr && descriptor == STDOUT_FILENO)
    return std::string_view(told).find("stdout") != std::string_view::npos;
  if (told != nullptr && descriptor == STDERR_FILENO)
    return std::string_view(told).find("stderr") != std::string_view::npos;
  return isatty(descriptor) == 1;
}

std::string terminals_told() {
  const bool out = is_terminal(STDOUT_FILENO);
  const bool error = is_terminal(STDERR_FILENO);
  if (out && error) return "stdout,stderr";
  return out ? "stdout" : error ? "stderr" : "none";
}

}  // namespace weft
