#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/cli/commands.h"
#include "weft/comm/communicator.h"

int main(int argc, char** argv) {
  try {
    const weft::CommSession session(&argc, &argv);
    const int code = weft::run_command(argc, argv);
    // Ranks that fail alike leave alike; one that fails alone must not keep the others waiting.
    if (code != 0 && weft::Communicator::world().size() > 1) weft::Communicator::abort_job(code);
    return code;
  } catch (const std::exception& error) {
    fmt::print(stderr, "weft: {}\n", error.what());
    return 1;
  }
}
