// Linked into every test program: no test, and no command that one starts, finds what `weft probe` has kept
// for whoever runs the tests.
#include <cstdlib>

namespace {

[[maybe_unused]] const int kSet = setenv("XDG_CACHE_HOME", WEFT_NO_CACHE, 1);

}  // namespace
