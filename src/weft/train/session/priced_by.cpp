#include "weft/train/session/priced_by.h"

#include <fmt/format.h>

#include <optional>

#include "weft/base/check.h"
#include "weft/machine/machine_cache.h"
#include "weft/probe/measured_here.h"
#include "weft/report/run_files.h"
#include "weft/train/session/same_job.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

constexpr const char* kCure = "prices are guessed until weft probe measures this machine again";

std::string probed(const MeasuredOn& where) {
  const std::string ranks = ranks_and_threads(where);
  return fmt::format("this machine, probed on {}{}", where.date.empty() ? "an unknown day" : where.date,
                     ranks.empty() ? "" : " with " + ranks);
}

/// What the run was priced by when it began, where it goes on on such a host; nothing where that is not
/// known.
std::optional<PricedBy> recorded(const fs::path& run, MeasuredOn here) {
  std::error_code error;
  if (run.empty() || !fs::exists(machine_of(run), error)) return std::nullopt;
  PricedBy by;
  by.machine = read_machine(machine_of(run));
  const MeasuredOn& where = by.machine.measured_on;
  here.onednn = where.onednn;  // the plan stays as it was; only times are others
  if (!where.is_empty() && !difference(where, here).empty()) return std::nullopt;
  if (by.machine.is_known()) {
    by.what = where.is_empty() ? fmt::format("the machine \"{}\"", by.machine.name) : probed(where);
    by.cure = "";
  } else {
    by.cure = "as when the run began; data.machine may name a file of weft probe";
  }
  by.what += ", as when the run began";
  return by;
}

/// Of this host alone. No file that it finds may end the run, as nobody has named one.
PricedBy found_here(const fs::path& run) {
  const MeasuredOn here = measured_here();
  std::string remark;
  try {
    if (const std::optional<PricedBy> by = recorded(run, here)) return *by;
  } catch (const UserError& wrong) {
    remark = fmt::format("{}: the run is priced anew", wrong.what());
  }
  PricedBy by = priced_by_cache(here);
  if (by.remark.empty()) by.remark = remark;
  return by;
}

std::string of_first(const std::string& text, const Communicator& world) {
  return world.all_gather_text(world.rank() == 0 ? text : "")[0];
}

}  // namespace

PricedBy priced_by_file(const fs::path& path) {
  PricedBy by;
  by.machine = read_machine(path);
  by.cure = "";
  by.what = fmt::format("the machine \"{}\" of {}", by.machine.name, path.string());
  return by;
}

PricedBy priced_by_cache(const MeasuredOn& here) {
  PricedBy by;
  if (here.ranks.value_or(1) > 1) by.cure = "weft probe, started on as many ranks, measures this machine";
  const std::optional<fs::path> folder = machine_cache_folder();
  if (!folder) return by;
  CachedMachine cached = read_cached_machine(*folder, here);
  if (!cached.trouble.empty()) by.remark = fmt::format("{}; {}", cached.trouble, kCure);
  if (!cached.machine) return by;
  by.machine = std::move(*cached.machine);
  by.cure = "";
  by.what = probed(by.machine.measured_on);
  return by;
}

PricedBy priced_by(const Recipe& recipe, const fs::path& run, const Communicator& world) {
  const std::string& path = recipe.data.loading.machine;
  if (!path.empty()) {
    PricedBy by = priced_by_file(path);
    expect_same_machine(to_json(by.machine), path, world);
    return by;
  }
  // Hosts may have caches that differ, and ranks that plan by them would not fit: all take rank 0's.
  PricedBy by;
  if (world.rank() == 0) by = found_here(run);
  if (world.size() == 1) return by;
  by.machine = parse_machine(of_first(to_json(by.machine), world), "the machine of rank 0");
  by.what = of_first(by.what, world);
  by.remark = of_first(by.remark, world);
  by.cure = of_first(by.cure, world);
  return by;
}

}  // namespace weft
