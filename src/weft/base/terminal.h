#pragma once
#include <string>

namespace weft {

/// Whether a person reads on a terminal what is written to a file descriptor. Of the standard output and
/// error of a rank, `weft launch` knows it and says so (WEFT_TERMINALS): what the rank has there is mpirun's,
/// a terminal of its own or a pipe, whatever becomes of the text.
bool is_terminal(int descriptor);

/// What launch says of its own: "stdout,stderr", one of these, or "none".
std::string terminals_told();

}  // namespace weft
