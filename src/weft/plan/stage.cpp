#include "weft/plan/stage.h"

#include <algorithm>

#include "weft/plan/emit_program.h"

namespace weft {

namespace {

constexpr std::string_view kProduct = R"(input @x: f32[8, 16] (batch, c)
parameter @w: f32[4, 16]
%2 = matmul(@x, @w) batch=0 m=1 n=1 k=1 transpose_a=false transpose_b=true out=f32: f32[8, 4]  # accumulate
output y = %2  # accumulate
)";

int64_t split_nodes(const Assignment& assignment) {
  return std::count_if(assignment.node_axes.begin(), assignment.node_axes.end(),
                       [](const std::vector<int>& axes) {
                         return std::any_of(axes.begin(), axes.end(), [](int axis) { return axis >= 0; });
                       });
}

int64_t communications(const Graph& graph) {
  return std::count_if(graph.nodes().begin(), graph.nodes().end(),
                       [](const Node& node) { return node.op->communication() != nullptr; });
}

void split_batch(PlanOptions& options, Device& /*device*/) { options.mesh = Mesh({{"data", 2}}); }

}  // namespace

Stage stage_of(const Pass& pass) {
  return {pass.about, {}, [run = pass.run](Planning& planning, const PlanContext& context) {
            PassResult result = run(planning.local.graph, context);
            planning.local.graph = std::move(result.graph);
            return result.gain;
          }};
}

Stage assign_stage() {
  return {
      {.name = "assign",
       .summary = "Decides which axis of each op every mesh axis splits, and so where every value lies.",
       .needs = "The graph is that of all ranks.",
       .promises = "Every node's axes and every value's placement are decided; the graph is as it was.",
       .place = "After eliminate_repeated, because nodes that are gone must not tie dimensions; before "
                "partition, which "
                "carries it out.",
       .counts = "nodes split between ranks",
       .example = {.before = kProduct, .after = kProduct, .with = "the mesh data=2", .set_up = split_batch}},
      "nothing else says where values lie",
      [](Planning& planning, const PlanContext& context) {
        planning.assignment = assign(planning.local.graph, context.options.mesh, context.options.assign);
        return split_nodes(planning.assignment);
      }};
}

Stage partition_stage() {
  return {{.name = "partition",
           .summary = "Makes the graph of one rank. Where the region that a node needs is not the region "
                      "that the rank owns, "
                      "the difference becomes communication.",
           .needs = "The assignment is that of this graph.",
           .promises = "The same nodes on every rank, on local shapes; on one rank, the same graph.",
           .place = "After assign, because it carries that out; before all passes that depend on local "
                    "shapes or cannot be "
                    "divided.",
           .counts = "communications inserted",
           .example = {.before = kProduct,
                       .after = R"(input @x: f32[4, 16] (batch, c)
parameter @w: f32[4, 16]
%2 = matmul(@x, @w) batch=0 m=1 n=1 k=1 transpose_a=false transpose_b=true out=f32: f32[4, 4]  # accumulate
%3 = all_gather(%2) over=[0] ranks=2 source=[[0, 4], [0, 4]] target=[[0, 8], [0, 4]] parts=[[[0, 4], [0, 4]], [[4, 8], [0, 4]]]: f32[8, 4]  # accumulate
output y = %3  # accumulate
)",
                       .with = "the mesh data=2",
                       .set_up = split_batch}},
          "a Program is one rank's",
          [](Planning& planning, const PlanContext& context) {
            planning.local = partition(planning.local.graph, planning.assignment, context.options.mesh,
                                       context.options.rank);
            return communications(planning.local.graph);
          }};
}

Stage emit_stage() {
  return {{.name = "emit_program",
           .summary = "Offsets for every buffer, kernels bound to their types, costs predicted.",
           .needs = "The nodes stand in the order in which they will run.",
           .promises = "Every operand lies inside the arena; buffers alive together do not overlap; every "
                       "wait follows its "
                       "start.",
           .place = "Last, because nothing changes a Program.",
           .counts = "instructions",
           .example = {}},
          "only a Program can run",
          [](Planning& planning, const PlanContext& context) {
            planning.program = emit_program(planning.local, context.device, context.options);
            int64_t instructions = 0;
            for (const auto& [phase, code] : planning.program.phases) {
              instructions += static_cast<int64_t>(code.instructions.size());
            }
            return instructions;
          }};
}

}  // namespace weft
