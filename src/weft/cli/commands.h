#pragma once

namespace weft {

/// Runs the `weft` command of this command line; returns the process's exit code. Throws UserError and
/// InternalError, which main() prints.
int run_command(int argc, char** argv);

}  // namespace weft
