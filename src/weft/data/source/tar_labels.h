#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weft {

struct TarLabels {
  std::vector<std::string> classes;
  std::vector<int32_t> ids;  ///< of each sample; -1: none
  std::string remark;        ///< where some are numbers, and all are names; empty: it is so of none
};

/// Whether two labels of one image say different things: two numbers, or two names. A name beside a number
/// may be what that is called.
bool contradict(const std::string& label, const std::string& other);

/// Labels that are all numbers are class ids as they are ("3", "3.0"); else they are names, numbered in their
/// order as text, where "10" comes before "2". "" is none. UserError with name(sample) where all are numbers
/// and one is no class id.
TarLabels number_labels(const std::vector<std::string>& labels,
                        const std::function<std::string(size_t sample)>& name);

}  // namespace weft
