#pragma once

namespace weft {

/// Runs the `weft` command of this command line; returns the process's exit code. UserErrors are printed as
/// one sentence, InternalErrors with a request to report them.
int run_command(int argc, char** argv);

}  // namespace weft
