#pragma once
#include <filesystem>
#include <string>

#include "weft/comm/communicator.h"
#include "weft/machine/machine.h"
#include "weft/recipe/recipe.h"

namespace weft {

/// The machine that plans are priced by, and where its rates come from.
struct PricedBy {
  Machine machine;
  std::string what = "a machine that nobody measured";
  /// Where all is assumed (stand_ins()), who would know better: a clause. "" where rates are known.
  std::string cure = "weft probe measures this machine";
  std::string remark;  ///< a sentence on rates that were found and are of no use; "" where there were none

  bool is_measured() const { return cure.empty(); }
};

/// A file that somebody names. UserError as read_machine() has them.
PricedBy priced_by_file(const std::filesystem::path& path);

/// What `weft probe` has kept of this host with the ranks and threads of `here`; a guess where there is
/// nothing, or nothing of use.
PricedBy priced_by_cache(const MeasuredOn& here);

/// Collective, once the threads are set; all ranks get the same. The file of data.machine; else what the
/// folder `run` says that the run was priced by when it began, on such a host ("": the run is new); else
/// rank 0's cache.
PricedBy priced_by(const Recipe& recipe, const std::filesystem::path& run, const Communicator& world);

}  // namespace weft
