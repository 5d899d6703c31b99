#pragma once
// A graph: typed values and the nodes that compute them, in an order in which they can run. Immutable once
// built.
#include <map>
#include <span>
#include <string>
#include <vector>

#include "weft/base/enum_names.h"
#include "weft/graph/ids.h"
#include "weft/graph/op.h"
#include "weft/graph/segment.h"

namespace weft {

enum class ValueKind : uint8_t {
  result,  ///< computed by a node
  input,   ///< fed anew at every run
  state,   ///< lives from step to step: parameters, optimizer state, derived forms of them
};

/// What a state is for: a name, which whoever makes the state may choose. States of a kind lie together in
/// the state store.
struct StateKind {
  std::string name;
  auto operator<=>(const StateKind&) const = default;
};
inline const StateKind kParameter{"parameter"};  ///< what is learnt
inline const StateKind kBuffer{"buffer"};        ///< remembered, not learnt: running statistics
inline const StateKind kDerived{"derived"};      ///< follows from other states: made anew, never stored
inline const StateKind kPrivate{"private"};      ///< one Program's own, such as a cache: never stored

/// Whether states of the kind are what a run has learnt and remembers: checkpoints have them, and Programs
/// share them.
inline bool is_kept(const StateKind& kind) { return kind != kDerived && kind != kPrivate; }

/// The bytes of a whole tensor, shared by every graph that passes make of the one that has it.
using ConstantPtr = std::shared_ptr<const std::vector<std::byte>>;

/// How a state is filled at the start: a pure function of (seed, name, global element), or given values.
/// Derived states are not filled, and private ones begin as zeros.
struct Initializer {
  enum class Kind : uint8_t { constant, normal, uniform, given } kind = Kind::constant;
  double scale = 0;            ///< the constant, the standard deviation, or the bound of the uniform
  ConstantPtr data = nullptr;  ///< given: the values, row-major, of the state's dtype
};
template <>
struct EnumNames<Initializer::Kind> {
  static constexpr std::string_view kNames[] = {"constant", "normal", "uniform", "given"};
};

struct Value {
  std::string name;
  TensorType type;
  ValueKind kind = ValueKind::result;
  NodeId producer;  ///< results only
  int output = 0;   ///< which output of the producer
  /// Inputs: what each dimension means ("batch", "height", …); mesh axes are matched by these names.
  std::vector<std::string> dim_names;
  StateKind state_kind;  ///< states only
  Initializer initializer;
};

struct Node {
  OpPtr op;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  SegmentId segment{0};
  std::string label;      ///< where it comes from ("block3.mlp"), for people
  std::string placement;  ///< of its first output on the mesh, for people; partition writes it
};

/// After `segment`, `state` holds what `next` holds.
struct StateUpdate {
  ValueId state;
  ValueId next;
  SegmentId segment{0};
};

/// A value that the caller reads after its segment.
struct GraphOutput {
  std::string name;
  ValueId value;
  SegmentId segment{0};
};

class Graph {
 public:
  const std::vector<Value>& values() const { return values_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<StateUpdate>& updates() const { return updates_; }
  const std::vector<GraphOutput>& outputs() const { return outputs_; }
  /// By id.
  const std::vector<Segment>& segments() const { return segments_; }
  /// The segments in the order in which those that a step runs follow each other.
  const std::vector<SegmentId>& order() const { return order_; }
  const Segment& segment(SegmentId id) const { return segments_[id.at()]; }
  const Value& value(ValueId id) const { return values_[id.at()]; }
  const Node& node(NodeId id) const { return nodes_[id.at()]; }
  const TensorType& type(ValueId id) const { return values_[id.at()].type; }
  std::vector<TensorType> input_types(const Node& node) const;
  std::vector<TensorType> output_types(const Node& node) const;

 private:
  friend class GraphBuilder;
  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<StateUpdate> updates_;
  std::vector<GraphOutput> outputs_;
  std::vector<Segment> segments_;
  std::vector<SegmentId> order_;
};

class GraphBuilder;

/// Where nodes belong, and what they carry for people.
struct NodePlace {
  SegmentId segment{0};
  std::string label;
  std::string placement;
};

/// Says where a builder's nodes belong, as long as it lives; then what was said before holds again. Scopes
/// nest, and the builder must outlive them.
class [[nodiscard]] BuilderScope {
 public:
  ~BuilderScope();
  BuilderScope(const BuilderScope&) = delete;
  BuilderScope& operator=(const BuilderScope&) = delete;

 private:
  friend class GraphBuilder;
  BuilderScope(GraphBuilder& build, NodePlace now);
  GraphBuilder& build_;
  NodePlace outer_;
};

/// Builds a graph node by node; types are inferred and checked as it goes. Nodes, updates and outputs belong
/// to the segment of the innermost scope, and nodes carry its label and placement.
class GraphBuilder {
 public:
  /// Has one segment, to which everything outside of scopes belongs.
  explicit GraphBuilder(const Segment& first = {"accumulate", Cadence::each_microbatch()});
  /// Empty, with the segments of another graph under the same ids: for passes.
  explicit GraphBuilder(const Graph& like);

  /// A segment, after all others in the order. Equal names give the same one (the rest must agree).
  SegmentId segment(const Segment& segment);
  /// Likewise, before all others.
  SegmentId first_segment(const Segment& segment);

  BuilderScope in(SegmentId segment);
  BuilderScope labelled(std::string label);
  BuilderScope placed(std::string placement);
  /// Segment, label and placement of a node of this graph or of one that this was made like.
  BuilderScope like(const Node& node);

  /// A value fed at every run. Equal names give the same value (types must agree).
  ValueId input(const std::string& name, TensorType type, std::vector<std::string> dim_names);
  /// A state. Equal names give the same value (types must agree).
  ValueId state(const std::string& name, TensorType type, Initializer initializer, StateKind kind);
  /// Adds a node and returns its outputs.
  std::vector<ValueId> add(OpPtr op, std::vector<ValueId> inputs);
  /// Adds a node of one output.
  ValueId add1(OpPtr op, std::vector<ValueId> inputs);
  void update(ValueId state, ValueId next);
  void output(const std::string& name, ValueId value);

  /// Copies a value (its type may change) or a whole node of another graph: for passes.
  ValueId adopt(Value value);
  void adopt(Node node);
  void adopt(StateUpdate update) { graph_.updates_.push_back(update); }
  void adopt(GraphOutput output) { graph_.outputs_.push_back(std::move(output)); }

  const Graph& graph() const { return graph_; }
  const TensorType& type(ValueId id) const { return graph_.type(id); }
  /// Of the innermost scope.
  SegmentId segment() const { return place_.segment; }

  /// Verifies and hands over the graph.
  Graph build() &&;

 private:
  friend class BuilderScope;
  std::optional<SegmentId> known(const Segment& segment) const;

  Graph graph_;
  NodePlace place_;
  std::map<std::string, ValueId> named_;
};

/// Throws InternalError naming the first broken invariant: order, types, ids, segments, updates of states
/// only.
void verify(const Graph& graph);

/// One line a node.
std::string to_text(const Graph& graph);
/// Graphviz.
std::string to_dot(const Graph& graph);

/// The arithmetic that differentiation needs of ops, which live in a higher layer: the constant 1 of a type,
/// and a sum.
struct GradientArithmetic {
  ValueId (*one)(GraphBuilder& build, const TensorType& type);
  ValueId (*sum)(GraphBuilder& build, std::span<const ValueId> terms);
};

/// Gradients of the scalar `loss` with respect to `targets`, appended to the builder's graph (reverse mode).
/// A target that the loss does not depend on gives an empty optional. ops/gradient/gradients.h has the form
/// that models call.
std::vector<std::optional<ValueId>> differentiate(GraphBuilder& build, ValueId loss,
                                                  std::span<const ValueId> targets,
                                                  const GradientArithmetic& arithmetic);

}  // namespace weft
