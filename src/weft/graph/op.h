#pragma once
// The contract of an op. An op is an immutable struct of typed attributes; it knows nothing of ranks or
// devices. Planning asks its index map and its traits, not which op it is: only a rewrite whose subject is
// one op (merge_transposes; merge_terms and join_rows, of expressions) asks for that op by name.
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/expression/combine.h"
#include "weft/graph/attribute.h"
#include "weft/graph/ids.h"
#include "weft/graph/index_map.h"
#include "weft/tensor/view.h"

namespace weft {

class Op;
class GraphBuilder;
/// Ops are shared by every graph that a pass makes from another; they never change.
using OpPtr = std::shared_ptr<const Op>;

/// Attributes by name.
using AttributeValues = std::map<std::string, AttributeValue, std::less<>>;

struct Traits {
  bool view = false;    ///< output 0 is input 0 with other dimensions: same bytes, no work
  bool linear = false;  ///< a sum of its inputs: partial inputs give a partial output
  bool sum = false;     ///< output 0 is the plain sum of the inputs, of which there may be any number
  bool hoistable =
      false;  ///< worth computing once a step instead of once a microbatch when inputs are states
  bool hidden_state =
      false;  ///< results follow from more than attributes and operands: never merged or run again
  bool contraction = false;  ///< most of its arithmetic is products that are summed
  /// (output, input) pairs of one type whose memory may be the same.
  std::vector<std::pair<int, int>> in_place;
  /// Inputs through which nothing is learnt by design (the shift of a softmax): where the loss depends on one
  /// of them and the op returns no gradient, that is right. Anywhere else it is an error.
  std::vector<int> no_gradient;
  /// How the contributions of ranks that split a reduced axis combine, by output; sums where it ends.
  std::vector<Combine> combine;
  double flops_per_point = 1;

  Combine combine_of(size_t output) const { return output < combine.size() ? combine[output] : Combine::sum; }
};

/// What a gradient rule gets. `output_gradients[i]` is empty where nothing depends on output i.
struct GradientContext {
  GraphBuilder& build;
  std::span<const ValueId> inputs;
  std::span<const ValueId> outputs;
  std::span<const std::optional<ValueId>> output_gradients;
  /// Which inputs need a gradient: do not build the others (the first convolution's input, say).
  std::span<const bool> needed;
};

/// Where the operands of a partitioned node lie in the global tensors.
struct LocalRegions {
  std::span<const TensorType> global_inputs;
  std::span<const TensorType> global_outputs;
  std::span<const Region> inputs;
  std::span<const Region> outputs;
};

/// What the parts of a node that split its reduced axes gave, for Op::join_parts.
struct GatheredParts {
  /// By output: its parts along a new first dimension; empty for one that is whole or combines otherwise.
  std::span<const std::optional<ValueId>> stacked;
  std::span<const std::vector<int64_t>> points;  ///< by output: those of each part along the reduced axes
};

/// A node that reads one operand in a packed, opaque form: `pack` makes it from that operand alone, `op`
/// takes the node's inputs with that operand replaced.
struct PackedForm {
  size_t operand = 0;
  OpPtr pack;
  OpPtr op;
};

/// One message of an Exchange, in the sender's or receiver's coordinates of the global tensor.
struct Transfer {
  int peer = 0;
  Region region;
};

enum class CommKind : uint8_t { all_reduce, reduce_scatter, all_gather, exchange };

/// What a communication op does; asked by the scheduler, the executor and the simulator.
struct CommSpec {
  CommKind kind = CommKind::all_reduce;
  std::vector<int> mesh_axes;  ///< the group: ranks that differ in these coordinates only
  int group_size = 1;
  Combine combine = Combine::sum;
  Region source;  ///< exchange: what this rank owns
  Region target;  ///< exchange: what this rank needs
  std::vector<Transfer> sends;
  std::vector<Transfer> receives;
  /// reduce_scatter and all_gather: the box of every rank of the group in order, in global coordinates.
  std::vector<Region> parts;
  int64_t network_bytes = 0;  ///< sent by this rank
};

class Op {
 public:
  virtual ~Op() = default;

  // The schema; graph/schema.h derives these from one visit of the struct.
  /// The ONNX-like name under which kernels are registered.
  virtual std::string_view name() const = 0;
  /// A sentence or two for the op reference.
  virtual std::string_view meaning() const { return {}; }
  /// What to call a node of it in tables for people: the name, unless one name stands for many computations.
  virtual std::string title() const { return std::string(name()); }
  /// What it computes, where the name does not say it: all of it, however long. Else empty.
  virtual std::string formula() const { return {}; }
  virtual std::vector<Attribute> attributes() const { return {}; }
  /// The same op with these attributes, all of them. UserError naming the op and what does not fit.
  virtual OpPtr with_attributes(const AttributeValues& values) const;

  /// Types of the outputs. Throws UserError for operands that do not fit.
  virtual std::vector<TensorType> infer(std::span<const TensorType> inputs) const = 0;
  virtual IndexMap index_map(std::span<const TensorType> inputs,
                             std::span<const TensorType> outputs) const = 0;
  virtual Traits traits() const { return {}; }
  /// Floating-point operations of a node that is no view: flops_per_point at each point of the index map.
  virtual double flops(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const;
  /// The fewest bytes that any kernel of it reads and writes: each operand once, unless it says otherwise.
  virtual int64_t least_bytes(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const;
  /// One optional gradient per input. The default has none: an op that nothing can be learnt through.
  virtual std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const;
  /// The same op on local operands; null when it is the op itself.
  virtual OpPtr localize(const LocalRegions& /*regions*/) const { return nullptr; }
  /// The outputs of the whole, where they combine by `gather`. The default is an InternalError.
  virtual std::vector<std::optional<ValueId>> join_parts(GraphBuilder& build,
                                                         const GatheredParts& parts) const;
  /// The op that takes one more input, last, and adds output 0 to it; null where that saves nothing. For
  /// passes after the partition: it cannot be divided.
  virtual OpPtr accumulating_form() const { return nullptr; }
  /// Set for communication nodes only.
  virtual const CommSpec* communication() const { return nullptr; }
};

/// "rate=0.1 seed=3"; empty where there are no attributes.
std::string attribute_text(const Op& op);
/// The same name and attributes: the same results from the same operands.
bool equal(const Op& a, const Op& b);
/// Equal ops have equal hashes.
size_t hash_of(const Op& op);

/// Floating-point operations of one node.
double flops_of(const Op& op, std::span<const TensorType> inputs, std::span<const TensorType> outputs);

}  // namespace weft
