#include "weft/probe/measured_here.h"

#include <fmt/chrono.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "weft/base/environment.h"
#include "weft/base/host_share.h"
#include "weft/base/threads.h"
#include "weft/kernels/matmul.h"

namespace weft {

MeasuredOn measured_here() {
  MeasuredOn here;
  here.cpu = processor_name();
  // Of the host, not of the mask of this process: mpirun binds ranks in other ways than a shell does, and
  // what a rank has of the host say its threads.
  here.cores = static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  here.ranks = host_share().ranks;
  here.threads = threads();
  here.onednn = kernels::onednn_version();
  return here;
}

std::string measured_today() { return fmt::format("{:%Y-%m-%d}", fmt::localtime(std::time(nullptr))); }

}  // namespace weft
