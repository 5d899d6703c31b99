#pragma once
#include <exception>
#include <string>

namespace weft {

/// What an exception of the JSON library says, without its number: "parse error at line 3, column 1: ...".
inline std::string json_problem(const std::exception& error) {
  const std::string text = error.what();
  const size_t end = text.find("] ");
  return text.starts_with("[json.exception.") && end != std::string::npos ? text.substr(end + 2) : text;
}

}  // namespace weft
