#pragma once
// The only two errors that Weft throws, and the checks that throw them.
#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace weft {

/// Bad input: the message is one sentence that says where, what was got and what was expected.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A bug of Weft's own: the message names the broken invariant.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

template <class... Args>
[[noreturn]] void user_error(fmt::format_string<Args...> format, Args&&... args) {
  throw UserError(fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
[[noreturn]] void internal_error(const char* file, int line, fmt::format_string<Args...> format,
                                 Args&&... args) {
  throw InternalError(fmt::format("{}:{}: {}", file, line, fmt::format(format, std::forward<Args>(args)...)));
}

}  // namespace weft

/// Throws InternalError with a formatted message unless `condition` holds.
#define WEFT_CHECK(condition, ...)                                             \
  do {                                                                         \
    if (!(condition)) ::weft::internal_error(__FILE__, __LINE__, __VA_ARGS__); \
  } while (false)
