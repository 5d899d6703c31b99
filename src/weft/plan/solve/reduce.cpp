#include "weft/plan/solve/reduce.h"

#include <algorithm>
#include <deque>

#include "weft/plan/solve/overfull.h"

namespace weft {

namespace {

constexpr int64_t kMostEntries = 1 << 16;  ///< of an edge that a rule makes
constexpr int64_t kMostGrowth = 4;         ///< and so many times what it replaces
constexpr int kMostRounds = 8;

void add_to(int64_t& sum, int64_t cost) { sum = add_costs(sum, cost); }

class Reducer {
 public:
  explicit Reducer(Reduced reduced) : out_(std::move(reduced)), net_(out_.network) {}

  std::optional<Reduced> run() {
    for (int32_t id = 0; id < count(); ++id) mark(id);
    for (int round = 0; round < kMostRounds && !marked_.empty(); ++round) {
      if (!settle_marked() || !drop_slack_times(net_, out_.capacity)) return std::nullopt;
      const auto changed = forbid_overfull(net_, out_.capacity);
      if (!changed) return std::nullopt;
      for (const int32_t id : *changed) mark_around(id);
      for (int32_t id = 0; id < count(); ++id) {
        if (net_.node(id).is_there && drop_dominated(id)) mark_around(id);
      }
      for (int32_t id = 0; id < count(); ++id) {
        if (net_.node(id).is_there) minimise_out(id);
      }
    }
    if (!settle_marked() || !drop_slack_times(net_, out_.capacity)) return std::nullopt;
    return std::move(out_);
  }

 private:
  enum class Outcome { same, changed, impossible };

  int32_t count() const { return static_cast<int32_t>(net_.size()); }
  void mark(int32_t id) {
    if (is_marked_.empty()) is_marked_.resize(net_.size());
    if (is_marked_[static_cast<size_t>(id)] || !net_.node(id).is_there) return;
    is_marked_[static_cast<size_t>(id)] = true;
    marked_.push_back(id);
  }
  void mark_around(int32_t id) {
    mark(id);
    for (const int32_t e : net_.node(id).edges) mark(net_.other(net_.edge(e), id));
  }

  /// False where no choice is possible.
  bool settle_marked() {
    while (!marked_.empty()) {
      const int32_t id = marked_.front();
      marked_.pop_front();
      is_marked_[static_cast<size_t>(id)] = false;
      while (net_.node(id).is_there) {
        Outcome outcome = drop_impossible(id);
        if (outcome == Outcome::impossible) return false;
        if (outcome == Outcome::same) outcome = simplify_edges(id);
        if (outcome == Outcome::same) outcome = minimise_out(id);
        if (outcome == Outcome::same) break;
      }
    }
    return true;
  }

  Outcome drop_impossible(int32_t id) {
    const Network::Node& node = net_.node(id);
    std::vector<int32_t> kept;
    for (int32_t s = 0; s < net_.options(id); ++s) {
      if (node.costs[static_cast<size_t>(s)] >= kImpossible) continue;
      const bool has_partners = std::ranges::all_of(node.edges, [&](int32_t e) {
        const Network::Edge& edge = net_.edge(e);
        const int32_t columns = net_.options(net_.other(edge, id));
        for (int32_t u = 0; u < columns; ++u) {
          if (net_.cost(edge, id, s, u) < kImpossible) return true;
        }
        return false;
      });
      if (has_partners) kept.push_back(s);
    }
    if (kept.empty()) return Outcome::impossible;
    if (std::ssize(kept) == net_.options(id)) return Outcome::same;
    net_.keep_options(id, kept);
    mark_around(id);
    return Outcome::changed;
  }

  Outcome simplify_edges(int32_t id) {
    const std::vector<int32_t> edges = net_.node(id).edges;
    for (const int32_t e : edges) {
      if (!net_.edge(e).is_there) continue;
      const int32_t other = net_.other(net_.edge(e), id);
      if (is_separable(net_.edge(e))) {
        separate(e);
      } else if (joins(e, id, other)) {
        join(e, id, other);
      } else if (joins(e, other, id)) {
        join(e, other, id);
        return Outcome::changed;
      } else {
        continue;
      }
      mark_around(id);
      mark(other);
      return Outcome::changed;
    }
    return Outcome::same;
  }

  /// Whether cost(s, u) = f(s) + g(u), all of them possible.
  bool is_separable(const Network::Edge& edge) const {
    const auto columns = static_cast<size_t>(net_.options(edge.b));
    const int64_t* first = edge.costs.data();
    for (size_t at = 0; at < edge.costs.size(); at += columns) {
      const int64_t* row = first + at;
      for (size_t u = 0; u < columns; ++u) {
        if (row[u] >= kImpossible || row[u] - first[u] != row[0] - first[0]) return false;
      }
    }
    return true;
  }
  void separate(int32_t e) {
    const Network::Edge& edge = net_.edge(e);
    const int32_t a = edge.a;
    const int32_t b = edge.b;
    const auto rows = static_cast<size_t>(net_.options(a));
    const auto columns = static_cast<size_t>(net_.options(b));
    // The least of a column may lie anywhere; f is not negative, and neither may g be.
    const size_t least = least_row(edge, rows, columns);
    for (size_t s = 0; s < rows; ++s) {
      add_to(net_.node(a).costs[s], edge.costs[s * columns] - edge.costs[least * columns]);
    }
    for (size_t u = 0; u < columns; ++u) add_to(net_.node(b).costs[u], edge.costs[least * columns + u]);
    net_.remove_edge(e);
  }
  static size_t least_row(const Network::Edge& edge, size_t rows, size_t columns) {
    size_t least = 0;
    for (size_t s = 1; s < rows; ++s) {
      if (edge.costs[s * columns] < edge.costs[least * columns]) least = s;
    }
    return least;
  }

  /// The only possible option of `leaf` beside option s of `root`, or -1.
  int32_t partner(const Network::Edge& edge, int32_t root, int32_t leaf, int32_t s) const {
    int32_t found = -1;
    for (int32_t u = 0; u < net_.options(leaf); ++u) {
      if (net_.cost(edge, root, s, u) >= kImpossible) continue;
      if (found >= 0) return -1;
      found = u;
    }
    return found;
  }
  /// Whether `root` determines `leaf`, and joining them makes no edge much larger.
  bool joins(int32_t e, int32_t root, int32_t leaf) const {
    const Network::Edge& edge = net_.edge(e);
    for (int32_t s = 0; s < net_.options(root); ++s) {
      if (partner(edge, root, leaf, s) < 0) return false;
    }
    if (net_.options(root) > net_.options(leaf)) {
      return std::ssize(net_.node(leaf).edges) <= 3;
    }
    if (net_.options(root) < net_.options(leaf)) return true;
    return net_.node(root).edges.size() >= net_.node(leaf).edges.size();
  }
  void join(int32_t e, int32_t root, int32_t leaf) {
    std::vector<int32_t> map;
    WayBack back{leaf, root, -1, 1, {}};
    back.table.resize(static_cast<size_t>(net_.node(root).options_at_first));
    for (int32_t s = 0; s < net_.options(root); ++s) {
      const int32_t u = partner(net_.edge(e), root, leaf, s);
      map.push_back(u);
      int64_t& cost = net_.node(root).costs[static_cast<size_t>(s)];
      cost = add_costs(cost, add_costs(net_.node(leaf).costs[static_cast<size_t>(u)],
                                       net_.cost(net_.edge(e), root, s, u)));
      back.table[static_cast<size_t>(net_.node(root).options[static_cast<size_t>(s)])] =
          net_.node(leaf).options[static_cast<size_t>(u)];
    }
    for (Life& life : net_.node(leaf).lives) {
      Life moved{life.begin, life.end, {}};
      for (const int32_t u : map) moved.usage.push_back(life.usage[static_cast<size_t>(u)]);
      net_.node(root).lives.push_back(std::move(moved));
    }
    const std::vector<int32_t> edges = net_.node(leaf).edges;
    for (const int32_t one : edges) {
      if (one == e) continue;
      const int32_t far = net_.other(net_.edge(one), leaf);
      std::vector<int64_t> costs;
      costs.reserve(map.size() * static_cast<size_t>(net_.options(far)));
      for (const int32_t u : map) {
        for (int32_t v = 0; v < net_.options(far); ++v)
          costs.push_back(net_.cost(net_.edge(one), leaf, u, v));
      }
      net_.remove_edge(one);
      net_.add_edge(root, far, std::move(costs));
      mark(far);
    }
    net_.remove_node(leaf);
    mark(root);
    out_.way_back.push_back(std::move(back));
  }

  Outcome minimise_out(int32_t id) {
    const Network::Node& node = net_.node(id);
    // What a node of one option uses is settled with the times, before it may go.
    if (!node.lives.empty() || node.edges.size() > 2) return Outcome::same;
    if (node.edges.empty()) return minimise_alone(id);
    const int32_t a = net_.other(net_.edge(node.edges[0]), id);
    const int32_t b = node.edges.size() == 2 ? net_.other(net_.edge(node.edges[1]), id) : -1;
    if (b >= 0 && is_too_large(id, a, b)) return Outcome::same;
    minimise_between(id, a, b);
    return Outcome::changed;
  }
  Outcome minimise_alone(int32_t id) {
    const Network::Node& node = net_.node(id);
    const auto best = std::ranges::min_element(node.costs) - node.costs.begin();
    net_.constant = add_costs(net_.constant, node.costs[static_cast<size_t>(best)]);
    out_.way_back.push_back({id, -1, -1, 1, {node.options[static_cast<size_t>(best)]}});
    net_.remove_node(id);
    return Outcome::changed;
  }
  bool is_too_large(int32_t id, int32_t a, int32_t b) const {
    const int64_t made = int64_t{net_.options(a)} * net_.options(b);
    const int64_t gone = int64_t{net_.options(id)} * (net_.options(a) + net_.options(b));
    return made > kMostEntries || made > kMostGrowth * gone;
  }
  void minimise_between(int32_t id, int32_t a, int32_t b) {
    const Network::Node& node = net_.node(id);
    const int32_t rows = net_.options(a);
    const int32_t columns = b < 0 ? 1 : net_.options(b);
    WayBack back{id, a, b, b < 0 ? 1 : net_.node(b).options_at_first, {}};
    back.table.resize(static_cast<size_t>(net_.node(a).options_at_first) * static_cast<size_t>(back.columns));
    std::vector<int64_t> least;
    for (int32_t r = 0; r < rows; ++r) {
      for (int32_t c = 0; c < columns; ++c) {
        int64_t best = kImpossible;
        int32_t at = 0;
        for (int32_t s = 0; s < net_.options(id); ++s) {
          int64_t cost =
              add_costs(node.costs[static_cast<size_t>(s)], net_.cost(net_.edge(node.edges[0]), id, s, r));
          if (b >= 0) cost = add_costs(cost, net_.cost(net_.edge(node.edges[1]), id, s, c));
          if (cost < best) {
            best = cost;
            at = s;
          }
        }
        least.push_back(best);
        const int32_t row = net_.node(a).options[static_cast<size_t>(r)];
        const int32_t column = b < 0 ? 0 : net_.node(b).options[static_cast<size_t>(c)];
        back.table[static_cast<size_t>(row) * static_cast<size_t>(back.columns) +
                   static_cast<size_t>(column)] = node.options[static_cast<size_t>(at)];
      }
    }
    net_.remove_node(id);
    if (b >= 0) {
      net_.add_edge(a, b, std::move(least));
      mark(b);
    } else {
      for (size_t r = 0; r < least.size(); ++r)
        net_.node(a).costs[r] = add_costs(net_.node(a).costs[r], least[r]);
    }
    mark(a);
    out_.way_back.push_back(std::move(back));
  }

  /// Whether option s may be replaced by t in any choice, at no more cost and usage.
  bool dominates(int32_t id, int32_t t, int32_t s) const {
    const Network::Node& node = net_.node(id);
    const auto at = [](const auto& values, int32_t place) { return values[static_cast<size_t>(place)]; };
    for (const Life& life : node.lives) {
      if (at(life.usage, t) > at(life.usage, s)) return false;
    }
    int64_t slack = at(node.costs, s) - at(node.costs, t);
    // Edges that favour t add to the slack: all are summed, unless one alone decides.
    for (const int32_t e : node.edges) {
      const Network::Edge& edge = net_.edge(e);
      const int32_t columns = net_.options(net_.other(edge, id));
      int64_t least = kImpossible;
      for (int32_t u = 0; u < columns; ++u) {
        const int64_t of_s = net_.cost(edge, id, s, u);
        if (of_s >= kImpossible) continue;
        const int64_t of_t = net_.cost(edge, id, t, u);
        if (of_t >= kImpossible) return false;
        least = std::min(least, of_s - of_t);
      }
      if (least < kImpossible) slack += least;
    }
    return slack >= 0;
  }
  bool drop_dominated(int32_t id) {
    std::vector<int32_t> kept;
    std::vector<bool> is_gone(static_cast<size_t>(net_.options(id)));
    for (int32_t s = 0; s < net_.options(id); ++s) {
      for (int32_t t = 0; t < net_.options(id) && !is_gone[static_cast<size_t>(s)]; ++t) {
        if (t != s && !is_gone[static_cast<size_t>(t)] && dominates(id, t, s))
          is_gone[static_cast<size_t>(s)] = true;
      }
    }
    for (int32_t s = 0; s < net_.options(id); ++s) {
      if (!is_gone[static_cast<size_t>(s)]) kept.push_back(s);
    }
    if (std::ssize(kept) == net_.options(id)) return false;
    net_.keep_options(id, kept);
    return true;
  }

  Reduced out_;
  Network& net_;
  std::deque<int32_t> marked_;
  std::vector<bool> is_marked_;
};

}  // namespace

std::optional<Reduced> reduce(const Problem& problem) {
  Reduced reduced{Network(problem), {}, {}};
  reduced.capacity = number_times(reduced.network, problem.limit);
  return Reducer(std::move(reduced)).run();
}

std::optional<Reduced> reduce_further(Reduced reduced) { return Reducer(std::move(reduced)).run(); }

void follow_way_back(const Reduced& reduced, Choice& choice) {
  for (size_t i = reduced.way_back.size(); i-- > 0;) {
    const WayBack& back = reduced.way_back[i];
    const auto chosen = [&](int32_t id) {
      return id < 0 ? 0 : static_cast<size_t>(choice[static_cast<size_t>(id)]);
    };
    choice[static_cast<size_t>(back.node)] =
        back.table[chosen(back.a) * static_cast<size_t>(back.columns) + chosen(back.b)];
  }
}

}  // namespace weft
