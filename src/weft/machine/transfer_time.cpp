#include "weft/machine/transfer_time.h"

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

double message_s(const NetworkLevel& level, double mb) {
  return *without_gaps(level).latency_us * 1e-6 + storage_s(mb, network_mb_s(level));
}

double storage_s(double mb, double mb_s) { return mb / mb_s; }

double network_mb_s(const NetworkLevel& level) { return *without_gaps(level).mb_s; }

}  // namespace weft
