#pragma once

namespace weft {

/// From now on SIGINT, SIGTERM, SIGHUP, SIGUSR2 and SIGXCPU are noted instead of ending the process; a second
/// one of the same kind ends it at once. SIGUSR1 is noted as often as it comes. A SIGHUP that the process was
/// started to ignore, as nohup has it, stays ignored. A reader of what is printed that has gone (SIGPIPE)
/// ends nothing.
void watch_signals();
/// The first signal that came and asks the run to end; 0: none.
int ending_signal();
/// Whether SIGUSR1 has come since the last call.
bool take_checkpoint_signal();

}  // namespace weft
