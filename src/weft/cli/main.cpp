#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <system_error>

#include "weft/base/check.h"
#include "weft/base/exit_code.h"
#include "weft/base/printable.h"
#include "weft/cli/commands.h"
#include "weft/comm/communicator.h"

namespace {

constexpr double kOthersSeconds = 3;  // for ranks that fail alike, of which rank 0 writes records first

/// 1; but where launch started the ranks mpirun may end with 1 too, for its own reasons.
int user_error_code() { return std::getenv("WEFT_LAUNCHED") == nullptr ? 1 : weft::kUserErrorOfRank; }

/// Where nobody can be told, the exit code says it: nothing is thrown.
void complain(const std::string& why) {
  std::fputs(fmt::format("weft: {}\n", weft::printable(why)).c_str(), stderr);
}

/// Where standard streams are closed, the first files that a run opens would take their places, and its text
/// would go into them. What takes them here can only be used the wrong way round, so that what is lost is
/// said.
void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

[[noreturn]] void lost_output(int error) {
  weft::user_error("standard output cannot be written: {}", std::strerror(error));
}

/// What a command has flushed on its way leaves only a mark behind where it was lost.
void expect_written() {
  std::cout.flush();
  const bool is_lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0 || !std::cout;
  if (is_lost) lost_output(errno == 0 ? EIO : errno);
}

int run_and_write(int argc, char** argv) {
  try {
    const int code = weft::run_command(argc, argv);
    expect_written();
    return code;
  } catch (const std::system_error& error) {
    // fmt throws where more than a buffer cannot be written.
    if (std::ferror(stdout) == 0) throw;
    lost_output(error.code().value());
  }
}

/// Says why this rank ends. Where all ranks fail, as with a mistake in the recipe, rank 0 speaks for all and
/// they leave quietly; a rank that fails alone speaks for itself, and ends the job, because the others would
/// wait for it.
int end_with(const weft::CommSession& session, const std::string& why, int code) {
  const weft::Communicator world = weft::Communicator::world();
  if (world.rank() == 0) complain(why);
  if (session.all_ranks_end(kOthersSeconds)) return code;
  if (world.rank() != 0) complain(fmt::format("rank {}: {}", world.rank(), why));
  weft::Communicator::abort_job(code);
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  // A file over the limit of its size is an error of the write then, which says which file it is.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const weft::CommSession session(&argc, &argv);
    try {
      const int code = run_and_write(argc, argv);
      if (code != 0 && !session.all_ranks_end(kOthersSeconds)) weft::Communicator::abort_job(code);
      return code;
    } catch (const weft::UserError& error) {
      return end_with(session, error.what(), user_error_code());
    } catch (const weft::InternalError& error) {
      return end_with(session, fmt::format("a bug of Weft's own, please report it: {}", error.what()),
                      weft::kBug);
    } catch (const std::exception& error) {
      // Of the system: memory, a file system.
      return end_with(session, error.what(), user_error_code());
    }
  } catch (const std::exception& error) {
    complain(error.what());
    return user_error_code();
  }
}
