#pragma once
// Parameters of a model: what is learnt, how it starts, and what the optimizer should know of it.
#include <set>
#include <string>
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// States with the sum of the microbatches' gradients: zero between steps, and so in no checkpoint.
inline const StateKind kGradientSum{"gradient"};

struct Parameter {
  ValueId value;
  bool decay = false;  ///< weight decay applies (matrices yes; biases, norms no)
};

/// Makes parameters and remembers them. A second request for a name gives the same parameter (tied weights,
/// or the same model built for another segment).
class ParameterSet {
 public:
  ParameterSet(GraphBuilder& build, DType dtype) : build_(build), dtype_(dtype) {}
  DType dtype() const { return dtype_; }

  /// Normal with this standard deviation; weight decay applies.
  ValueId weight(const std::string& name, Dims shape, double deviation);
  /// A constant start; no weight decay.
  ValueId constant(const std::string& name, Dims shape, double value);
  /// A state that is not learnt (running statistics).
  ValueId buffer(const std::string& name, Dims shape, double value);

  const std::vector<Parameter>& parameters() const { return parameters_; }

 private:
  ValueId add(const std::string& name, Dims shape, Initializer initializer, bool decay);

  GraphBuilder& build_;
  DType dtype_;
  std::vector<Parameter> parameters_;
  std::set<ValueId> known_;  ///< the values of parameters_
};

}  // namespace weft
