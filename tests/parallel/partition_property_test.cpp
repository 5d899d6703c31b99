// Whatever the assignment: the local graphs of all ranks verify and talk to each other about the same things
// in the same order. tests/mpi/assignment_test.cpp runs them.
#include <gtest/gtest.h>

#include "tests/parallel/random_graph.h"
#include "weft/parallel/node_regions.h"
#include "weft/parallel/partition.h"

namespace weft::testing {
namespace {

std::vector<const Node*> communications(const Graph& graph) {
  std::vector<const Node*> found;
  for (const Node& node : graph.nodes()) {
    if (node.op->communication() != nullptr) found.push_back(&node);
  }
  return found;
}

/// What `other` sends to `rank` in this exchange is what `rank` expects, box by box.
void expect_matching_messages(const Mesh& mesh, int rank, const CommSpec& mine,
                              const std::vector<const CommSpec*>& all) {
  const std::vector<int> group = mesh.group(rank, mine.mesh_axes);
  for (size_t peer = 0; peer < group.size(); ++peer) {
    std::vector<Region> expected;
    for (const Transfer& receive : mine.receives) {
      if (receive.peer == static_cast<int>(peer)) expected.push_back(receive.region);
    }
    std::vector<Region> sent;
    for (const Transfer& send : all[static_cast<size_t>(group[peer])]->sends) {
      if (group[static_cast<size_t>(send.peer)] == rank) sent.push_back(send.region);
    }
    EXPECT_EQ(sent, expected) << "from rank " << group[peer] << " to rank " << rank;
  }
}

void expect_agreement(const Mesh& mesh, const std::vector<LocalGraph>& ranks) {
  std::vector<std::vector<const Node*>> spoken;
  for (const LocalGraph& local : ranks) spoken.push_back(communications(local.graph));
  for (size_t rank = 0; rank < ranks.size(); ++rank) {
    EXPECT_EQ(ranks[rank].graph.nodes().size(), ranks[0].graph.nodes().size()) << "rank " << rank;
    ASSERT_EQ(spoken[rank].size(), spoken[0].size()) << "rank " << rank;
  }
  for (size_t i = 0; i < spoken[0].size(); ++i) {
    std::vector<const CommSpec*> specs;
    for (const auto& of_rank : spoken) specs.push_back(of_rank[i]->op->communication());
    for (size_t rank = 0; rank < ranks.size(); ++rank) {
      const CommSpec& mine = *specs[rank];
      EXPECT_EQ(mine.kind, specs[0]->kind);
      EXPECT_EQ(mine.mesh_axes, specs[0]->mesh_axes);
      EXPECT_EQ(spoken[rank][i]->segment, spoken[0][i]->segment);
      const int leader = mesh.group(static_cast<int>(rank), mine.mesh_axes).front();
      EXPECT_EQ(mine.parts, specs[static_cast<size_t>(leader)]->parts) << "the group's boxes";
      expect_matching_messages(mesh, static_cast<int>(rank), mine, specs);
    }
  }
}

/// What is told without a look at the ranks is so on each of them; counts how often it is told.
int told_of(const Graph& graph, const Assignment& assignment, const Mesh& mesh) {
  int told = 0;
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const NodeRegions regions(graph, assignment, mesh, {static_cast<int32_t>(n)});
    const Node& node = graph.nodes()[n];
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const Placement& placement = assignment.placements[node.inputs[i].at()];
      if (!regions.input_lies_as(i, placement)) continue;
      ++told;
      for (int rank = 0; rank < mesh.ranks(); ++rank) {
        EXPECT_EQ(regions.input(i, rank),
                  owned_region(placement, graph.type(node.inputs[i]).shape, mesh, rank));
      }
    }
  }
  return told;
}

TEST(AnyAssignment, AnInputThatLiesAsItIsNeededDoesSoOnEveryRank) {
  int told = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const Graph graph = RandomGraph(seed).build();
    for (const Mesh& mesh : {Mesh({{"a", 2}, {"b", 3}}), Mesh({{"a", 7}})}) {
      SCOPED_TRACE(fmt::format("seed {} mesh {}", seed, mesh.to_string()));
      told += told_of(graph, RandomSplits(mesh, seed).strategy().assign(graph, mesh, Machine{}), mesh);
      ASSERT_FALSE(HasFailure()) << to_text(graph);
    }
  }
  EXPECT_GT(told, 500);
}

TEST(AnyAssignment, GivesLocalGraphsThatAgree) {
  const std::vector<Mesh> meshes{Mesh({{"a", 2}, {"b", 2}}), Mesh({{"a", 2}, {"b", 3}}), Mesh({{"a", 4}}),
                                 Mesh({{"a", 2}, {"b", 2}, {"c", 2}})};
  std::map<CommKind, int> spoken;
  int scattered_together = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    const Graph graph = RandomGraph(seed).build();
    for (const Mesh& mesh : meshes) {
      SCOPED_TRACE(fmt::format("seed {} mesh {}", seed, mesh.to_string()));
      const RandomSplits splits(mesh, seed);
      const Assignment assignment = splits.strategy().assign(graph, mesh, Machine{});
      std::vector<LocalGraph> ranks;
      for (int rank = 0; rank < mesh.ranks(); ++rank) {
        ranks.push_back(partition(graph, assignment, mesh, rank));
        verify(ranks.back().graph);
      }
      for (const Node* node : communications(ranks[0].graph)) {
        const CommSpec& spec = *node->op->communication();
        ++spoken[spec.kind];
        scattered_together += spec.kind == CommKind::reduce_scatter && spec.mesh_axes.size() > 1 ? 1 : 0;
      }
      expect_agreement(mesh, ranks);
      ASSERT_FALSE(HasFailure()) << to_text(graph);
    }
  }
  // Random splits that communicate little would test little.
  for (const CommKind kind :
       {CommKind::all_reduce, CommKind::reduce_scatter, CommKind::all_gather, CommKind::exchange}) {
    EXPECT_GT(spoken[kind], 500) << "of kind " << static_cast<int>(kind);
  }
  EXPECT_GT(scattered_together, 20);
}

}  // namespace
}  // namespace weft::testing
