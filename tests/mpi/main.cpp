// Runs the tests of this folder on every rank of the job: one voice (rank 0, and whoever fails), one verdict.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "weft/comm/communicator.h"

namespace weft {
namespace {

constexpr unsigned kWatchdogSeconds = 540;  // below the 600 s after which ctest kills mpirun without a word

/// Says which test a rank was in, then ends the job. Little of that is safe in a signal handler, but there is
/// nothing left to lose: should it hang too, the second alarm kills the process, and mpirun the job.
void on_alarm(int /*signal*/) {
  std::signal(SIGALRM, SIG_DFL);
  sigset_t alarms;
  sigemptyset(&alarms);
  sigaddset(&alarms, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &alarms, nullptr);
  alarm(10);
  constexpr char kText[] = "test_mpi: a test hangs; ending the job\n";
  if (write(STDERR_FILENO, kText, sizeof(kText) - 1) < 0) _exit(3);
  if (const auto* test = testing::UnitTest::GetInstance()->current_test_info()) {
    std::fprintf(stderr, "test_mpi: in %s.%s\n", test->test_suite_name(), test->name());
  }
  Communicator::abort_job(3);
}

/// Speaks for the ranks beside 0: only when something failed.
class FailurePrinter : public testing::EmptyTestEventListener {
 public:
  explicit FailurePrinter(int rank) : rank_(rank) {}

 private:
  // Kept here, because gtest holds a lock while it reports that its own current_test_info() would take again.
  void OnTestStart(const testing::TestInfo& test) override {
    test_ = std::string(test.test_suite_name()) + "." + test.name();
  }
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    std::fprintf(stderr, "rank %d, %s: %s:%d: %s\n", rank_, test_.c_str(),
                 result.file_name() ? result.file_name() : "", result.line_number(), result.message());
  }
  int rank_;
  std::string test_;
};

int run_on_all_ranks() {
  const Communicator world = Communicator::world();
  if (world.rank() != 0) {
    testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
    const std::unique_ptr<testing::TestEventListener> printer(
        listeners.Release(listeners.default_result_printer()));
    listeners.Append(std::make_unique<FailurePrinter>(world.rank()).release());  // gtest takes ownership
  }
  int32_t failed = RUN_ALL_TESTS();
  world.all_reduce(&failed, 1, Element::i32, Reduce::max).wait();
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace weft

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  weft::CommSession session(&argc, &argv);
  std::signal(SIGALRM, weft::on_alarm);
  alarm(weft::kWatchdogSeconds);
  return weft::run_on_all_ranks();
}
