#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>

namespace weft {

/// Refuses a number of an option that lies outside of [least, most], or is none: CLI11's own range takes NaN.
CLI::Validator number_in(double least, double most);
/// Likewise an integer, and what is not written as one.
CLI::Validator integer_in(int64_t least, int64_t most);

}  // namespace weft
