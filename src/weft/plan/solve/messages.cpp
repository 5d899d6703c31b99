#include "weft/plan/solve/messages.h"

#include <algorithm>
#include <limits>

namespace weft {

namespace {

/// Impossible costs as numbers that do not drown the others: any number of at most the true cost keeps the
/// bound one.
double dearest(const Core& core) {
  double sum = 1;
  const auto largest = [](const std::vector<int64_t>& costs) {
    int64_t most = 0;
    for (const int64_t cost : costs) most = std::max(most, cost < kImpossible ? cost : 0);
    return static_cast<double>(most);
  };
  for (const Core::Node& node : core.nodes) sum += largest(node.costs);
  for (const Core::Edge& edge : core.edges) sum += largest(edge.costs);
  return 2 * sum;
}

std::vector<double> as_numbers(const std::vector<int64_t>& costs, double impossible) {
  std::vector<double> numbers;
  numbers.reserve(costs.size());
  for (const int64_t cost : costs)
    numbers.push_back(cost < kImpossible ? static_cast<double>(cost) : impossible);
  return numbers;
}

/// least[u] = the least of offered[s] + rows[s][u].
void least_of_columns(const double* rows, const std::vector<double>& offered, std::vector<double>& least) {
  const size_t columns = least.size();
  double* __restrict to = least.data();
  for (size_t u = 0; u < columns; ++u) to[u] = offered[0] + rows[u];
  for (size_t s = 1; s < offered.size(); ++s) {
    const double* __restrict row = rows + s * columns;
    const double base = offered[s];
    for (size_t u = 0; u < columns; ++u) {
      const double cost = base + row[u];
      to[u] = cost < to[u] ? cost : to[u];
    }
  }
}

/// Subtracts the least, and returns it.
double level(std::vector<double>& values) {
  const double least = *std::ranges::min_element(values);
  for (double& value : values) value -= least;
  return least;
}

}  // namespace

Messages::Messages(const Core& core) : core_(core), impossible_(dearest(core)) {
  for (const Core::Node& node : core.nodes) {
    costs_.push_back(as_numbers(node.costs, impossible_));
    const auto forward = std::ranges::count_if(
        node.arcs, [&](const Core::Arc& arc) { return arc.other >= std::ssize(costs_); });
    const auto backward = std::ssize(node.arcs) - forward;
    share_.push_back(1.0 / static_cast<double>(std::max<ptrdiff_t>({forward, backward, 1})));
  }
  for (const Core::Edge& edge : core.edges) {
    edges_.push_back({as_numbers(edge.costs, impossible_), as_numbers(edge.turned, impossible_),
                      std::vector<double>(static_cast<size_t>(core.node(edge.a).options())),
                      std::vector<double>(static_cast<size_t>(core.node(edge.b).options()))});
  }
}

void Messages::set_prices(const std::vector<std::vector<double>>& prices) {
  for (size_t i = 0; i < costs_.size(); ++i) {
    const std::vector<int64_t>& own = core_.nodes[i].costs;
    for (size_t s = 0; s < own.size(); ++s) {
      costs_[i][s] = (own[s] < kImpossible ? static_cast<double>(own[s]) : impossible_) + prices[i][s];
    }
  }
}

void Messages::sum_at(int32_t node, std::vector<double>& sum) const {
  sum = costs_[static_cast<size_t>(node)];
  for (const Core::Arc& arc : core_.node(node).arcs) {
    const std::vector<double>& message = incoming(arc);
    for (size_t s = 0; s < sum.size(); ++s) sum[s] += message[s];
  }
}

void Messages::pass(int32_t from, bool forward, double& bound) {
  sum_at(from, sum_);
  bound += level(sum_);
  for (const Core::Arc& arc : core_.node(from).arcs) {
    if ((arc.other > from) != forward) continue;
    EdgeMessages& edge = edges_[static_cast<size_t>(arc.edge)];
    const std::vector<double>& back = arc.is_first ? edge.to_a : edge.to_b;
    std::vector<double>& sent = arc.is_first ? edge.to_b : edge.to_a;
    const double* row = (arc.is_first ? edge.costs : edge.turned).data();
    const double share = share_[static_cast<size_t>(from)];
    offered_.resize(sum_.size());
    for (size_t s = 0; s < sum_.size(); ++s) offered_[s] = share * sum_[s] - back[s];
    least_of_columns(row, offered_, sent);
    bound += level(sent);
  }
}

double Messages::sweep() { return sweep_noting(nullptr); }

double Messages::sweep(std::vector<std::vector<double>>& surplus) {
  surplus.resize(core_.nodes.size());
  return sweep_noting(&surplus);
}

double Messages::sweep_noting(std::vector<std::vector<double>>* surplus) {
  double ignored = 0;
  const auto count = static_cast<int32_t>(core_.nodes.size());
  for (int32_t i = 0; i < count; ++i) pass(i, true, ignored);
  double bound = static_cast<double>(core_.constant);
  for (int32_t i = count; i-- > 0;) {
    pass(i, false, bound);
    // When a node passes on in the second direction, its sum is that of the least costs of all chains through
    // it, by its options.
    if (surplus != nullptr) (*surplus)[static_cast<size_t>(i)] = sum_;
  }
  return bound;
}

Choice Messages::cheapest() const {
  Choice choice;
  std::vector<double> sum;
  for (int32_t i = 0; i < static_cast<int32_t>(core_.nodes.size()); ++i) {
    sum_at(i, sum);
    choice.push_back(static_cast<int32_t>(std::ranges::min_element(sum) - sum.begin()));
  }
  return choice;
}

Choice Messages::round() const {
  Choice choice;
  for (int32_t i = 0; i < static_cast<int32_t>(core_.nodes.size()); ++i) {
    std::vector<double> sum = costs_[static_cast<size_t>(i)];
    for (const Core::Arc& arc : core_.node(i).arcs) {
      const EdgeMessages& edge = edges_[static_cast<size_t>(arc.edge)];
      if (arc.other > i) {
        const std::vector<double>& message = incoming(arc);
        for (size_t s = 0; s < sum.size(); ++s) sum[s] += message[s];
        continue;
      }
      const auto chosen = static_cast<size_t>(choice[static_cast<size_t>(arc.other)]);
      const double* row = (arc.is_first ? edge.turned : edge.costs).data() + chosen * sum.size();
      for (size_t s = 0; s < sum.size(); ++s) sum[s] += row[s];
    }
    choice.push_back(static_cast<int32_t>(std::ranges::min_element(sum) - sum.begin()));
  }
  return choice;
}

}  // namespace weft
