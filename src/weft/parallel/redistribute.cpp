#include "weft/parallel/redistribute.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/ops/shape/reshape.h"
#include "weft/parallel/comm_ops.h"

namespace weft {

namespace {

bool holds(const std::vector<int>& axes, int m) {
  return std::find(axes.begin(), axes.end(), m) != axes.end();
}

std::vector<int> without(const std::vector<int>& axes, const std::vector<int>& gone) {
  std::vector<int> left;
  for (const int m : axes) {
    if (!holds(gone, m)) left.push_back(m);
  }
  return left;
}

Placement reduced(Placement placement, const std::vector<int>& over) {
  placement.partial = without(placement.partial, over);
  return placement;
}

/// `now` with every dimension split further, as `wanted` splits it, by axes over which a sum is owed.
Placement scattered(Placement now, const Placement& wanted, std::vector<int> owed) {
  for (size_t d = 0; d < wanted.sharded.size(); ++d) {
    std::vector<int>& have = now.sharded[d];
    const std::vector<int>& want = wanted.sharded[d];
    if (have.size() > want.size() || !std::equal(have.begin(), have.end(), want.begin())) continue;
    while (have.size() < want.size() && holds(owed, want[have.size()])) {
      const int m = want[have.size()];
      have.push_back(m);
      std::erase(owed, m);
      std::erase(now.partial, m);
    }
  }
  return now;
}

size_t position(const std::vector<int>& group, int rank) {
  return static_cast<size_t>(std::find(group.begin(), group.end(), rank) - group.begin());
}

/// Equal for equal regions on all ranks.
std::string key_of(const std::vector<Region>& regions) {
  std::string key;
  for (const Region& region : regions) key += to_string(region);
  return key;
}

}  // namespace

template <class Make>
ValueId Redistribute::once(const Key& key, Make&& make) {
  if (const auto found = made_.find(key); found != made_.end()) return found->second;
  const ValueId value = make();
  made_.emplace(key, value);
  return value;
}

PlacedValue Redistribute::settle(PlacedValue from, const Dims& shape, const Placement& wanted,
                                 const std::vector<int>& kept) {
  const std::vector<int> owed = without(from.placement.partial, kept);
  if (owed.empty()) return from;
  if (const std::optional<PlacedValue> known = known_sum(from, owed)) return *known;
  const Placement parts = scattered(from.placement, wanted, owed);
  if (parts.partial != from.placement.partial) from = scatter(from, shape, parts);
  const std::vector<int> left = without(from.placement.partial, kept);
  return left.empty() ? from : all_reduce(from, left);
}

/// A sum that all have already is not made again in parts.
std::optional<PlacedValue> Redistribute::known_sum(const PlacedValue& from,
                                                   const std::vector<int>& owed) const {
  const Placement whole = reduced(from.placement, owed);
  const auto known = made_.find({build_.segment(), from.value, to_string(whole, mesh_)});
  if (known == made_.end()) return std::nullopt;
  return PlacedValue{known->second, whole};
}

void Redistribute::settle_together(std::span<const Need> needs) {
  // What is joined is copied there and back, which a message saved is worth only where that is little.
  constexpr int64_t kMostBytes = 256 << 10;
  std::map<std::tuple<DType, std::vector<int>, Combine>, std::map<ValueId, PlacedValue>> alike;
  for (const Need& need : needs) {
    const Placement& placement = need.from.placement;
    const std::vector<int> owed = without(placement.partial, need.kept);
    const DType dtype = build_.type(need.from.value).dtype;
    if (owed.empty() || known_sum(need.from, owed)) continue;
    if (TensorType{dtype, need.shape}.bytes() > kMostBytes) continue;
    if (scattered(placement, need.wanted, owed).partial != placement.partial) continue;
    alike[{dtype, owed, placement.combine}].emplace(need.from.value, need.from);
  }
  for (const auto& [how, values] : alike) {
    std::vector<PlacedValue> together;
    for (const auto& [id, value] : values) together.push_back(value);
    if (together.size() > 1) all_reduce_together(together, std::get<1>(how));
  }
}

void Redistribute::all_reduce_together(const std::vector<PlacedValue>& values, const std::vector<int>& over) {
  std::vector<ValueId> operands;
  std::vector<TensorType> types;
  for (const PlacedValue& from : values) {
    operands.push_back(from.value);
    types.push_back(build_.type(from.value));
  }
  const Combine combine = values[0].placement.combine;
  const std::vector<ValueId> sums =
      build_.add(all_reduce_op(over, mesh_.group_size(over), combine, types), std::move(operands));
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string whole = to_string(reduced(values[i].placement, over), mesh_);
    made_.emplace(Key{build_.segment(), values[i].value, whole}, sums[i]);
  }
}

PlacedValue Redistribute::scatter(const PlacedValue& from, const Dims& shape, const Placement& scattered) {
  const std::vector<int> over = without(from.placement.partial, scattered.partial);
  const ValueId value = once({build_.segment(), from.value, to_string(scattered, mesh_)}, [&] {
    const std::vector<int> group = mesh_.group(rank_, over);
    std::vector<Region> parts;
    for (const int rank : group) parts.push_back(owned_region(scattered, shape, mesh_, rank));
    return build_.add1(reduce_scatter_op(over, from.placement.combine, build_.type(from.value).dtype,
                                         owned_region(from.placement, shape, mesh_, rank_), std::move(parts),
                                         static_cast<int>(position(group, rank_))),
                       {from.value});
  });
  return {value, scattered};
}

PlacedValue Redistribute::all_reduce(const PlacedValue& from, const std::vector<int>& over) {
  const Placement placement = reduced(from.placement, over);
  const ValueId value = once({build_.segment(), from.value, to_string(placement, mesh_)}, [&] {
    return build_.add1(
        all_reduce_op(over, mesh_.group_size(over), from.placement.combine, {build_.type(from.value)}),
        {from.value});
  });
  return {value, placement};
}

ValueId Redistribute::stack(const PlacedValue& from, const Region& region) {
  const std::vector<int>& over = from.placement.partial;
  const std::vector<int> group = mesh_.group(rank_, over);
  const auto among = [&](int64_t begin, int64_t end) {
    Region box = region;
    box.ranges.insert(box.ranges.begin(), {begin, end});
    return box;
  };
  std::vector<Region> parts;
  for (int64_t at = 0; at < std::ssize(group); ++at) parts.push_back(among(at, at + 1));
  const auto self = static_cast<int>(position(group, rank_));
  const ValueId one = reshape(build_, from.value, parts[static_cast<size_t>(self)].shape());
  return build_.add1(
      all_gather_op(over, build_.type(from.value).dtype, among(0, std::ssize(group)), std::move(parts), self),
      {one});
}

ValueId Redistribute::move(const PlacedValue& from, const Dims& shape, const RegionOf& needed) {
  std::vector<Region> have;
  std::vector<Region> need;
  bool local = true;
  // Every group of ranks must decide alike, so all ranks are asked, not only this one's group.
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    have.push_back(owned_region(from.placement, shape, mesh_, rank));
    need.push_back(needed(rank));
    local = local && have.back().contains(need.back());
  }
  if (have == need) return from.value;
  return once({build_.segment(), from.value, key_of(need)}, [&] {
    // A rank that has just what it needs takes "all of it" where others take a part: the graphs of all ranks
    // have the same nodes.
    const auto self = static_cast<size_t>(rank_);
    if (local) return build_.add1(take_region_op(have[self], need[self]), {from.value});
    return communicate(from.value, from.placement.sharding_axes(), have, need);
  });
}

/// Whether in every group all ranks need one region, which holds all that they have.
bool Redistribute::gathers(const std::vector<int>& axes, const std::vector<Region>& have,
                           const std::vector<Region>& need) const {
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    const auto self = static_cast<size_t>(rank);
    const auto first = static_cast<size_t>(mesh_.first_of_group(rank, axes));
    if (need[self] != need[first] || !need[self].contains(have[self])) return false;
  }
  return true;
}

ValueId Redistribute::communicate(ValueId value, const std::vector<int>& axes,
                                  const std::vector<Region>& have, const std::vector<Region>& need) {
  const std::vector<int> group = mesh_.group(rank_, axes);
  const DType dtype = build_.type(value).dtype;
  const Region& own = have[static_cast<size_t>(rank_)];
  const Region& wanted = need[static_cast<size_t>(rank_)];
  if (gathers(axes, have, need)) {
    std::vector<Region> parts;
    for (const int rank : group) parts.push_back(have[static_cast<size_t>(rank)]);
    return build_.add1(
        all_gather_op(axes, dtype, wanted, std::move(parts), static_cast<int>(position(group, rank_))),
        {value});
  }
  std::vector<Transfer> sends;
  std::vector<Transfer> receives;
  for (size_t peer = 0; peer < group.size(); ++peer) {
    if (group[peer] == rank_) continue;
    const auto other = static_cast<size_t>(group[peer]);
    const Region out = intersect(own, need[other]);
    if (!out.empty()) sends.push_back({static_cast<int>(peer), out});
    const Region in = intersect(have[other], wanted);
    if (!in.empty()) receives.push_back({static_cast<int>(peer), in});
  }
  return build_.add1(exchange_op(axes, dtype, own, wanted, std::move(sends), std::move(receives),
                                 static_cast<int>(group.size())),
                     {value});
}

ValueId Redistribute::owe(ValueId value, int m) {
  return build_.add1(keep_or_zero_op(mesh_.coordinate(rank_, m) == 0), {value});
}

}  // namespace weft
