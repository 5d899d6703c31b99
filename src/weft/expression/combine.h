#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weft {

/// How the results of parts become that of the whole: element by element by the MPI operation of that name,
/// or (`gather`) by a formula that needs the results of all parts.
enum class Combine : uint8_t { sum, max, min, gather };

inline constexpr std::string_view kCombineNames[] = {"sum", "max", "min", "gather"};
constexpr std::string_view name_of(Combine combine) { return kCombineNames[static_cast<size_t>(combine)]; }

}  // namespace weft
