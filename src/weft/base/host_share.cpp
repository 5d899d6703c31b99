#include "weft/base/host_share.h"

#include <algorithm>

#include "weft/base/cores.h"
#include "weft/base/memory.h"

namespace weft {

namespace {

HostShare& stored() {
  static HostShare share;
  return share;
}

}  // namespace

void set_host_share(const HostShare& share) { stored() = share; }

const HostShare& host_share() { return stored(); }

int share_of_cores() { return std::max(1, available_cores() / host_share().sharers); }

int64_t share_of_memory() { return available_memory() / host_share().ranks; }

}  // namespace weft
