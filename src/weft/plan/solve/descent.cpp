#include "weft/plan/solve/descent.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace weft {

namespace {

constexpr int64_t kLifeSteps = 16;  ///< sums in a tree of slots, about

int64_t largest_possible(const std::vector<int64_t>& costs) {
  int64_t most = 0;
  for (const int64_t cost : costs) most = std::max(most, cost < kImpossible ? cost : 0);
  return most;
}

std::vector<int64_t> over_capacity(const Core& core, const Choice& choice) {
  std::vector<int64_t> over = usage_of(core, choice);
  for (size_t t = 0; t < over.size(); ++t) over[t] -= core.capacity[t];
  return over;
}

}  // namespace

Descent::Descent(const Core& core, Choice choice)
    : core_(core), choice_(std::move(choice)), over_(over_capacity(core, choice_)) {
  for (const Core::Node& node : core.nodes) impossible_ += largest_possible(node.costs);
  for (const Core::Edge& edge : core.edges) impossible_ += largest_possible(edge.costs);
  impossible_ += core.constant;
  cost_ = core.constant;
  for (int32_t i = 0; i < static_cast<int32_t>(core.nodes.size()); ++i) {
    const Core::Node& node = core.node(i);
    std::vector<int64_t>& sum = conditional_.emplace_back(node.costs.size());
    for (size_t s = 0; s < sum.size(); ++s) sum[s] = cost(node.costs[s]);
    const auto mine = static_cast<size_t>(choice_[static_cast<size_t>(i)]);
    cost_ += sum[mine];
    for (const Core::Arc& arc : node.arcs) {
      const auto theirs = static_cast<size_t>(choice_[static_cast<size_t>(arc.other)]);
      for (size_t s = 0; s < sum.size(); ++s) {
        sum[s] += cost(core.row(arc, static_cast<int32_t>(s))[theirs]);
      }
      if (arc.is_first) cost_ += cost(core.row(arc, static_cast<int32_t>(mine))[theirs]);
    }
  }
}

void Descent::set(int32_t node, int32_t option) {
  const int32_t chosen = choice_[static_cast<size_t>(node)];
  if (chosen == option) return;
  changes_.push_back({node, chosen});
  put(node, option);
}

void Descent::take_back() {
  for (size_t i = changes_.size(); i-- > 0;) put(changes_[i].node, changes_[i].before);
  changes_.clear();
}

void Descent::put(int32_t node, int32_t option) {
  int32_t& chosen = choice_[static_cast<size_t>(node)];
  cost_ += delta(node, option);
  for (const Life& life : core_.node(node).lives) over_.add(life.begin, life.end, more(node, life, option));
  steps_ += kLifeSteps * std::ssize(core_.node(node).lives);
  for (const Core::Arc& arc : core_.node(node).arcs) {
    const int64_t* before = core_.row(arc, chosen);
    const int64_t* after = core_.row(arc, option);
    std::vector<int64_t>& sum = conditional_[static_cast<size_t>(arc.other)];
    for (size_t u = 0; u < sum.size(); ++u) sum[u] += cost(after[u]) - cost(before[u]);
    steps_ += std::ssize(sum);
  }
  chosen = option;
}

bool Descent::frees_any(int32_t node, int32_t option) const {
  return std::ranges::any_of(core_.node(node).lives,
                             [&](const Life& life) { return more(node, life, option) < 0; });
}

bool Descent::fits_with(int32_t node, int32_t option) {
  const std::vector<Life>& lives = core_.node(node).lives;
  if (!frees_any(node, option)) {
    // None makes room for another: each must fit, and one alone may show that not all do.
    for (const Life& life : lives) {
      if (more(node, life, option) > 0 &&
          over_.largest(life.begin, life.end) + more(node, life, option) > 0) {
        return false;
      }
    }
    if (lives.size() <= 1) return true;
  } else if (std::ranges::all_of(lives, [&](const Life& life) { return more(node, life, option) <= 0; })) {
    return true;
  }
  for (const Life& life : lives) over_.add(life.begin, life.end, more(node, life, option));
  const bool fits = over_.largest() <= 0;
  for (const Life& life : lives) over_.add(life.begin, life.end, -more(node, life, option));
  return fits;
}

bool Descent::improve_one(int32_t node) {
  std::vector<int32_t> better;
  for (int32_t s = 0; s < core_.node(node).options(); ++s) {
    if (delta(node, s) < 0) better.push_back(s);
  }
  std::ranges::sort(better, [&](int32_t a, int32_t b) { return delta(node, a) < delta(node, b); });
  for (const int32_t s : better) {
    if (!fits_with(node, s)) continue;
    set(node, s);
    return true;
  }
  return false;
}

bool Descent::improve_pair(int32_t node, const Core::Arc& arc) {
  struct Pair {
    int64_t delta;
    int32_t s, u;
  };
  std::vector<Pair> better;
  const int32_t mine = choice_[static_cast<size_t>(node)];
  const int32_t theirs = choice_[static_cast<size_t>(arc.other)];
  const int64_t* now = core_.row(arc, mine);
  const std::vector<int64_t>& far = conditional_[static_cast<size_t>(arc.other)];
  const int64_t far_now = far[static_cast<size_t>(theirs)];
  for (int32_t s = 0; s < core_.node(node).options(); ++s) {
    const int64_t* row = core_.row(arc, s);
    // The edge is in both ends' costs, as it was before either moved.
    const int64_t base = delta(node, s) - far_now - cost(row[theirs]) + cost(now[theirs]);
    for (size_t u = 0; u < far.size(); ++u) {
      const int64_t change = base + far[u] - cost(now[u]) + cost(row[u]);
      if (change < 0) better.push_back({change, s, static_cast<int32_t>(u)});
    }
  }
  steps_ += core_.node(node).options() * std::ssize(far);
  constexpr size_t kTried = 16;
  const size_t tried = std::min(better.size(), kTried);
  std::partial_sort(better.begin(), better.begin() + static_cast<ptrdiff_t>(tried), better.end(),
                    [](const Pair& a, const Pair& b) { return a.delta < b.delta; });
  for (size_t i = 0; i < tried; ++i) {
    const auto [change, s, u] = better[i];
    // Where neither makes room for the other, both must fit alone.
    if (!frees_any(node, s) && !frees_any(arc.other, u)) {
      if (!fits_with(node, s) || !fits_with(arc.other, u)) continue;
    }
    put(node, s);
    put(arc.other, u);
    const bool fits = over_.largest() <= 0;
    put(arc.other, theirs);
    put(node, mine);
    if (!fits) continue;
    set(node, s);
    set(arc.other, u);
    return true;
  }
  return false;
}

void Descent::descend(Draws& draws, const IsLate& is_late) {
  std::vector<int32_t> order(core_.nodes.size());
  std::iota(order.begin(), order.end(), 0);
  draws.shuffle(order);
  descend_from(std::move(order), is_late);
}

void Descent::descend_from_changes(Draws& draws, const IsLate& is_late) {
  std::vector<int32_t> touched;
  for (const Change& change : changes_) {
    touched.push_back(change.node);
    for (const Core::Arc& arc : core_.node(change.node).arcs) touched.push_back(arc.other);
  }
  std::ranges::sort(touched);
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  draws.shuffle(touched);
  descend_from(std::move(touched), is_late);
}

void Descent::descend_from(std::vector<int32_t> waiting, const IsLate& is_late) {
  std::vector<bool> is_waiting(core_.nodes.size());
  for (const int32_t node : waiting) is_waiting[static_cast<size_t>(node)] = true;
  const auto wake = [&](int32_t id) {
    if (is_waiting[static_cast<size_t>(id)]) return;
    is_waiting[static_cast<size_t>(id)] = true;
    waiting.push_back(id);
  };
  while (!waiting.empty() && !(is_late && is_late())) {
    const int32_t node = waiting.back();
    waiting.pop_back();
    is_waiting[static_cast<size_t>(node)] = false;
    bool moved = improve_one(node);
    for (const Core::Arc& arc : core_.node(node).arcs) {
      if (moved) break;
      if (!improve_pair(node, arc)) continue;
      moved = true;
      for (const Core::Arc& far : core_.node(arc.other).arcs) wake(far.other);
      wake(arc.other);
    }
    if (!moved) continue;
    wake(node);
    for (const Core::Arc& arc : core_.node(node).arcs) wake(arc.other);
  }
}

bool Descent::make_feasible(Draws& draws, const IsLate& is_late) {
  const size_t most_moves = 4 * core_.nodes.size() + 16;
  for (size_t moves = 0; over_.largest() > 0; ++moves) {
    if (moves == most_moves || (is_late && is_late())) return false;
    const int64_t slot = over_.slot_of_largest();
    const int64_t peak = over_.largest();
    double best = std::numeric_limits<double>::infinity();
    int32_t node = -1;
    int32_t option = 0;
    for (int32_t i = 0; i < static_cast<int32_t>(core_.nodes.size()); ++i) {
      const auto chosen = static_cast<size_t>(choice_[static_cast<size_t>(i)]);
      steps_ += std::ssize(core_.node(i).lives);
      for (const Life& life : core_.node(i).lives) {
        if (slot < life.begin || slot >= life.end) continue;
        for (int32_t s = 0; s < core_.node(i).options(); ++s) {
          const int64_t freed = life.usage[chosen] - life.usage[static_cast<size_t>(s)];
          if (freed <= 0) continue;
          const auto dearer = static_cast<double>(std::max<int64_t>(0, delta(i, s)) + 1);
          const double rate = dearer / static_cast<double>(std::min(freed, peak)) * (0.5 + draws.uniform());
          if (rate < best) {
            best = rate;
            node = i;
            option = s;
          }
        }
      }
    }
    if (node < 0) return false;
    set(node, option);
  }
  return cost_ < impossible_;
}

}  // namespace weft
