#include "weft/plan/solve/forest_move.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace weft {

ForestMove::ForestMove(const Core& core)
    : core_(core),
      region_(core.nodes.size()),
      component_(core.nodes.size(), -1),
      is_placed_(core.nodes.size()),
      sums_(core.nodes.size()),
      answers_(core.nodes.size()) {
  std::iota(region_.begin(), region_.end(), 0);
}

int32_t ForestMove::root_of(int32_t node) {
  const auto at = [&](int32_t id) -> int32_t& { return component_[static_cast<size_t>(id)]; };
  while (at(node) != node) {
    at(node) = at(at(node));
    node = at(node);
  }
  return node;
}

void ForestMove::choose_region(size_t size, Draws& draws) {
  region_.clear();
  std::vector<bool> is_in(core_.nodes.size());
  const auto add = [&](int32_t node) {
    if (is_in[static_cast<size_t>(node)] || region_.size() >= size) return;
    is_in[static_cast<size_t>(node)] = true;
    region_.push_back(node);
  };
  for (size_t next = 0; region_.size() < std::min(size, core_.nodes.size()); ++next) {
    if (next == region_.size()) {
      add(draws.below(static_cast<int32_t>(core_.nodes.size())));
      --next;
      continue;
    }
    for (const Core::Arc& arc : core_.node(region_[next]).arcs) add(arc.other);
  }
}

void ForestMove::grow(Draws& draws) {
  draws.shuffle(region_);
  std::vector<int32_t> roots;
  for (const int32_t node : region_) {
    roots.clear();
    for (const Core::Arc& arc : core_.node(node).arcs) {
      if (component_[static_cast<size_t>(arc.other)] >= 0) roots.push_back(root_of(arc.other));
    }
    std::ranges::sort(roots);
    if (std::ranges::adjacent_find(roots) != roots.end()) continue;  // it would close a circle
    component_[static_cast<size_t>(node)] = node;
    for (const int32_t root : roots) component_[static_cast<size_t>(root)] = node;
  }
}

void ForestMove::order_members() {
  members_.clear();
  for (const int32_t root : region_) {
    if (component_[static_cast<size_t>(root)] < 0 || is_placed_[static_cast<size_t>(root)]) continue;
    size_t next = members_.size();
    members_.push_back({root, -1, nullptr});
    is_placed_[static_cast<size_t>(root)] = true;
    for (; next < members_.size(); ++next) {
      const int32_t node = members_[next].node;
      for (const Core::Arc& arc : core_.node(node).arcs) {
        const auto other = static_cast<size_t>(arc.other);
        if (component_[other] < 0 || is_placed_[other]) continue;
        is_placed_[other] = true;
        members_.push_back({arc.other, node, &arc});
      }
    }
  }
}

void ForestMove::gather(const Member& member, const Choice& choice, const Prices& prices, const Terms& terms,
                        Draws& draws) {
  const Core::Node& node = core_.node(member.node);
  const auto id = static_cast<size_t>(member.node);
  std::vector<double>& sum = sums_[id];
  sum.assign(node.costs.size(), 0);
  for (size_t s = 0; s < sum.size(); ++s) {
    sum[s] = cost(node.costs[s]) + terms.scale * prices.of_option[id][s];
    if (terms.noise > 0) sum[s] += terms.noise * draws.uniform();
  }
  for (const Core::Arc& arc : node.arcs) {
    const auto other = static_cast<size_t>(arc.other);
    if (component_[other] >= 0) continue;
    steps_ += std::ssize(sum);
    const Core::Edge& edge = core_.edges[static_cast<size_t>(arc.edge)];
    // Row of the other end: its columns are this node's options.
    const int64_t* row =
        (arc.is_first ? edge.turned : edge.costs).data() + static_cast<size_t>(choice[other]) * sum.size();
    for (size_t s = 0; s < sum.size(); ++s) sum[s] += cost(row[s]);
  }
}

void ForestMove::send_up(const Member& member) {
  const auto id = static_cast<size_t>(member.node);
  const std::vector<double>& sum = sums_[id];
  std::vector<double>& parent = sums_[static_cast<size_t>(member.parent)];
  std::vector<int32_t>& answer = answers_[id];
  steps_ += std::ssize(sum) * std::ssize(parent);
  answer.resize(parent.size());
  for (size_t p = 0; p < parent.size(); ++p) {
    const int64_t* row = core_.row(*member.up, static_cast<int32_t>(p));
    double best = std::numeric_limits<double>::infinity();
    int32_t at = 0;
    for (size_t s = 0; s < sum.size(); ++s) {
      const double value = sum[s] + cost(row[s]);
      if (value < best) {
        best = value;
        at = static_cast<int32_t>(s);
      }
    }
    parent[p] += best;
    answer[p] = at;
  }
}

void ForestMove::move(Choice& choice, const Prices& prices, const Terms& terms, Draws& draws) {
  grow(draws);
  order_members();
  for (const Member& member : members_) gather(member, choice, prices, terms, draws);
  for (size_t i = members_.size(); i-- > 0;) {
    if (members_[i].up != nullptr) send_up(members_[i]);
  }
  for (const Member& member : members_) {
    const auto id = static_cast<size_t>(member.node);
    if (member.up == nullptr) {
      choice[id] = static_cast<int32_t>(std::ranges::min_element(sums_[id]) - sums_[id].begin());
    } else {
      choice[id] = answers_[id][static_cast<size_t>(choice[static_cast<size_t>(member.parent)])];
    }
  }
  for (const Member& member : members_) {
    component_[static_cast<size_t>(member.node)] = -1;
    is_placed_[static_cast<size_t>(member.node)] = false;
  }
}

}  // namespace weft
