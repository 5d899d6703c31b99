#include "weft/train/guard/signals.h"

#include <csignal>
#include <initializer_list>

namespace weft {

namespace {

// A signal handler can reach nothing but globals of this type.
volatile std::sig_atomic_t ending = 0;      // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t checkpoint = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void note_ending(int signal) {
  if (ending == 0) ending = signal;
  std::signal(signal, SIG_DFL);
}

void note_checkpoint(int /*signal*/) { checkpoint = 1; }

void watch(int signal, void (*handler)(int)) {
  struct sigaction noted = {};
  noted.sa_handler = handler;
  noted.sa_flags = SA_RESTART;  // a read or a wait that is under way goes on
  sigaction(signal, &noted, nullptr);
}

}  // namespace

void watch_signals() {
  ending = 0;
  checkpoint = 0;
  std::signal(SIGPIPE, SIG_IGN);  // whoever read what is said may be gone
  for (const int signal : {SIGINT, SIGTERM, SIGUSR2, SIGXCPU}) watch(signal, note_ending);
  struct sigaction old = {};
  sigaction(SIGHUP, nullptr, &old);
  if (old.sa_handler != SIG_IGN) watch(SIGHUP, note_ending);
  watch(SIGUSR1, note_checkpoint);
}

int ending_signal() { return ending; }

bool take_checkpoint_signal() {
  const bool came = checkpoint != 0;
  checkpoint = 0;
  return came;
}

}  // namespace weft
