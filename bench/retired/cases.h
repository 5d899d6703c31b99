#pragma once
// Ops of commit 81cde10, each as the kernels that ran it and as the graph that stands for it today.
#include <functional>
#include <string>
#include <vector>

#include "weft/graph/graph.h"
#include "weft/graph/kernel.h"

namespace weft::retired {

/// Of nodes that only ask for a gradient: no part of the op.
inline const std::string kAsking = "asking";

/// One instruction as it was: operands by name.
struct OldCall {
  bool backward;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::function<void(const KernelContext& context)> run;  ///< as the op bound it
};

struct NamedType {
  std::string name;
  TensorType type;
};

struct Case {
  std::string name;
  TensorType type;  ///< of x
  Graph graph;
  /// What the old calls make; what they read beside is an input or a state of the graph.
  std::vector<NamedType> made;
  std::vector<OldCall> calls;
  /// Outputs of the graph that are values of the old calls too.
  std::vector<std::string> compared;
};

/// All cases, by the shapes that recipes/ give.
struct CaseMaker {
  std::string name;
  std::vector<Dims> shapes;
  Case (*make)(const TensorType& x);
};
const std::vector<CaseMaker>& case_makers();

}  // namespace weft::retired
