#pragma once

namespace weft {

/// From now on SIGINT and SIGTERM are noted instead of ending the process; a second one ends it at once.
void watch_for_interrupt();
/// Whether one has come.
bool interrupted();

}  // namespace weft
