#pragma once
// What work costs on a machine: the only place that turns work into time. Units: ms, flops, bytes; MB and s
// for loading, where MB = 10^6 bytes.
//
// Everything here is pure. A price never decreases when the work grows (flops, bytes of an operand, the
// largest part of a collective, messages, ranks), nor when the machine is worse (a lower rate, a longer
// latency or launch). Pricing looks at no state of the process, and reads no clock.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weft/machine/machine.h"
#include "weft/tensor/view.h"

namespace weft {

class Op;

/// What a price comes from.
enum class Bound : uint8_t { none, arithmetic, memory, network };
/// "arithmetic", …; empty for none.
std::string_view name_of(Bound bound);

/// One node as one rank runs it.
struct Work {
  const Op& op;
  std::span<const TensorType> inputs;  ///< local types
  std::span<const TensorType> outputs;
  /// Of a communication: the ranks of the job that take part, in order.
  std::span<const int> group;
  int64_t extra_bytes = 0;  ///< that the kernel moves beyond the least, where it is known (Kernel)
};

struct Price {
  double ms = 0;
  double ceiling_ms = 0;  ///< without the launch: at the rate that `bound` allows
  double least_ms = 0;    ///< the least bytes at the bandwidth of memory
  Bound bound = Bound::none;
  double flops = 0;           ///< by the op's index map
  int64_t least_bytes = 0;    ///< that any kernel moves between memory and cores: Op::least_bytes
  int64_t moved_bytes = 0;    ///< and that this one does
  int64_t network_bytes = 0;  ///< sent by this rank
  int messages = 0;           ///< one after the other: each costs a latency
};

/// A computation costs the longer of its arithmetic (at the ceiling of its first operand's dtype; integers at
/// that of f32) and the bytes that it moves (Williams et al., CACM 2009: the roofline), and the launch. A
/// view costs nothing.
///
/// A communication is priced by the narrowest level of the network that all ranks of its group share, in the
/// alpha-beta model, with the latency and rate that the level has for a group of its size. Collectives over p
/// ranks are rings (Thakur et al., IJHPCA 2005): reduce_scatter and all_gather send p - 1 messages of the
/// largest part, all_reduce does the one and then the other. The messages of an exchange leave one after the
/// other; it costs the more of what a rank sends and receives.
Price price(const Work& work, const Machine& machine);

/// What this machine leaves empty and prices for `ranks` ranks assume in its place, one a line, as in
/// "f32 200 Gflop/s". Empty: all was measured. A network that no level describes is assumed no better than
/// the widest level that one does.
std::vector<std::string> stand_ins(const Machine& machine, int ranks);

}  // namespace weft
