#include "weft/plan/stage.h"

#include <algorithm>

#include "weft/ops/linear/matmul.h"
#include "weft/parallel/strategies/named_axes.h"
#include "weft/plan/emit_program.h"

namespace weft {

namespace {

int64_t split_nodes(const Assignment& assignment) {
  return std::count_if(assignment.nodes.begin(), assignment.nodes.end(), [](const NodeAssignment& node) {
    return std::any_of(node.axes.begin(), node.axes.end(), [](const auto& by) { return !by.empty(); });
  });
}

int64_t communications(const Graph& graph) {
  return std::count_if(graph.nodes().begin(), graph.nodes().end(),
                       [](const Node& node) { return node.op->communication() != nullptr; });
}

void product(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {8, 16}}, {"batch", "c"});
  build.output("y", linear(build, x, build.state("w", {DType::f32, {4, 16}}, {}, kParameter), true));
}

}  // namespace

Stage stage_of(const Pass& pass, std::string_view always) {
  return {pass.about, always,
          [run = pass.run](Planning& planning, const PlanContext& context) -> StageResult {
            PassResult result = run(planning.local.graph, context);
            planning.local.graph = std::move(result.graph);
            return {.gain = result.gain, .changed = result.gain != 0};
          }};
}

Stage assign_stage() {
  return {{.name = "assign",
           .summary = "Asks the strategy which axes of each node the mesh axes split, and where inputs and "
                      "states lie. Where results lie follows.",
           .needs = "The graph is that of all ranks.",
           .promises = "The assignment verifies; the graph is as it was.",
           .place = "After eliminate_repeated, because nodes that are gone must not tie dimensions; before "
                    "partition, because that carries it out.",
           .counts = "nodes split between ranks",
           .example = {}},
          "nothing else says where values lie",
          [](Planning& planning, const PlanContext& context) -> StageResult {
            const NamedAxes by_default;
            const PlanOptions& options = context.options;
            const Strategy& strategy = options.strategy != nullptr ? *options.strategy : by_default;
            planning.assignment = strategy.assign(planning.local.graph, options.mesh, options.machine);
            return {.gain = split_nodes(planning.assignment)};
          }};
}

Stage partition_stage() {
  return {
      {.name = "partition",
       .summary = "Makes the graph of one rank. Where the region that a node needs is not the region that "
                  "the rank owns, the difference becomes communication.",
       .needs = "The assignment is that of this graph.",
       .promises = "The same nodes on every rank, on local shapes; on one rank, the same graph.",
       .place = "After assign, because it carries that out; before rematerialize, because what follows "
                "depends on local shapes or cannot be divided.",
       .counts = "communications inserted",
       .example = {.before = product,
                   .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[4, 16] (batch, c)
state @w: f32[4, 16] (parameter)
%0 = matmul(@x, @w) batch=0 m=1 n=1 k=1 transpose_a=false transpose_b=true out=f32: f32[4, 4]  # accumulate
%1 = all_gather(%0) over=[0] ranks=2 source=[[0, 4], [0, 4]] target=[[0, 8], [0, 4]] parts=[[[0, 4], [0, 4]], [[4, 8], [0, 4]]]: f32[8, 4]  # accumulate y
output y = %1  # accumulate
)",
                   .with = "the mesh data=2",
                   .set_up =
                       [](PlanOptions& options, Device& /*device*/) {
                         options.mesh = Mesh({{"data", 2}});
                       }}},
      "a Program is one rank's",
      [](Planning& planning, const PlanContext& context) -> StageResult {
        planning.local =
            partition(planning.local.graph, planning.assignment, context.options.mesh, context.options.rank);
        return {.gain = communications(planning.local.graph), .changed = true};
      }};
}

Stage emit_stage() {
  return {{.name = "emit_program",
           .summary = "Offsets for every buffer, kernels bound to their types, costs predicted.",
           .needs = "The nodes stand in the order in which they will run.",
           .promises = "Every operand lies inside the arena or its state; buffers alive together do not "
                       "overlap; every wait follows its start.",
           .place = "Last, because nothing changes a Program.",
           .counts = "instructions",
           .example = {}},
          "only a Program can run",
          [](Planning& planning, const PlanContext& context) -> StageResult {
            planning.program = emit_program(planning.local, context.device, context.options);
            int64_t instructions = 0;
            for (const SegmentProgram& code : planning.program.segments) {
              instructions += static_cast<int64_t>(code.instructions.size());
            }
            return {.gain = instructions};
          }};
}

}  // namespace weft
