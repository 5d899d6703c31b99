#include "weft/base/stack.h"

#include <sys/resource.h>

#include <cstdlib>
#include <optional>
#include <string_view>

#include "weft/base/check.h"

namespace weft {

namespace {

/// As OpenMP reads it: a number, and B, K (also where there is none), M or G; nothing for what it ignores.
std::optional<double> openmp_size(const char* text) {
  char* end = nullptr;
  const double number = static_cast<double>(std::strtoull(text, &end, 10));
  if (end == text) return std::nullopt;
  const std::string_view rest(end);
  const size_t unit = rest.find_first_not_of(" \t");
  if (unit == std::string_view::npos) return number * 1024;
  constexpr struct {
    std::string_view letters;
    double bytes;
  } kUnits[] = {{"bB", 1}, {"kK", 1 << 10}, {"mM", 1 << 20}, {"gG", 1 << 30}};
  for (const auto& [letters, bytes] : kUnits) {
    if (letters.find(rest[unit]) != std::string_view::npos) return number * bytes;
  }
  return std::nullopt;
}

}  // namespace

void check_stack() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < static_cast<rlim_t>(kLeastStack)) {
    user_error("the limit of a stack is {} KiB here, expected at least {}; say ulimit -s 8192 before",
               limit.rlim_cur / 1024, kLeastStack / 1024);
  }
  for (const char* name : {"OMP_STACKSIZE", "GOMP_STACKSIZE"}) {
    const char* text = std::getenv(name);
    const std::optional<double> bytes = text == nullptr ? std::nullopt : openmp_size(text);
    if (bytes && *bytes < static_cast<double>(kLeastStack)) {
      user_error("{}={}: gives threads less stack than the {} KiB that kernels may need; unset it", name,
                 text, kLeastStack / 1024);
    }
  }
}

}  // namespace weft
