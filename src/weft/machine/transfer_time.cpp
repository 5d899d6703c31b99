#include "weft/machine/transfer_time.h"

#include <algorithm>

namespace weft {

namespace {

constexpr double kLatencyUs = 2;
constexpr double kNetworkMbS = 5000;

}  // namespace

NetworkLevel without_gaps(NetworkLevel level) {
  if (!level.latency_us) level.latency_us = kLatencyUs;
  if (!level.mb_s) level.mb_s = kNetworkMbS;
  return level;
}

NetworkLevel for_group(const NetworkLevel& level, int ranks) {
  if (level.groups.empty()) return level;
  GroupRates at = level.groups.front();
  for (GroupRates next : level.groups) {
    next.latency_us = std::max(next.latency_us, at.latency_us);
    next.mb_s = std::min(next.mb_s, at.mb_s);
    if (next.ranks > ranks && at.ranks < ranks) {
      const double way = static_cast<double>(ranks - at.ranks) / (next.ranks - at.ranks);
      at.latency_us += way * (next.latency_us - at.latency_us);
      at.mb_s += way * (next.mb_s - at.mb_s);
    }
    if (next.ranks > ranks) break;
    at = next;
  }
  return {.name = level.name, .ranks = level.ranks, .latency_us = at.latency_us, .mb_s = at.mb_s};
}

double message_s(const NetworkLevel& level, double mb) {
  return *without_gaps(level).latency_us * 1e-6 + storage_s(mb, network_mb_s(level));
}

double storage_s(double mb, double mb_s) { return mb / mb_s; }

double network_mb_s(const NetworkLevel& level) { return *without_gaps(level).mb_s; }

}  // namespace weft
