#include "weft/launch/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "weft/base/check.h"
#include "weft/base/exit_code.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

constexpr int kNotFound = 127;

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// Parents of all living processes, from /proc. One that has ended and is not yet taken in is left out.
std::map<pid_t, pid_t> parents() {
  std::map<pid_t, pid_t> found;
  std::error_code gone;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", gone)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    std::ifstream file(entry.path() / "stat");
    std::string stat;
    std::getline(file, stat);
    const size_t name_end = stat.rfind(')');  // the name itself may hold spaces
    if (name_end == std::string::npos) continue;
    std::istringstream fields(stat.substr(name_end + 1));
    char state = 'Z';
    pid_t parent = 0;
    if (fields >> state >> parent && state != 'Z') found[pid] = parent;
  }
  return found;
}

}  // namespace

std::string output_of(const std::vector<std::string>& words) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const std::vector<char*> pointers = pointers_to(words);
  const pid_t pid = fork();
  if (pid == 0) {
    // Signals that this process waits for itself are to end the child.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execv(pointers[0], pointers.data());
    _exit(kNotFound);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; pid > 0 && (got = read(ends[0], buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<size_t>(got));
  close(ends[0]);
  if (pid > 0) waitpid(pid, nullptr, 0);
  return text;
}

SupervisedProcesses::SupervisedProcesses() {
  sigemptyset(&watched_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGCHLD})
    sigaddset(&watched_, signal);
  struct sigaction hangup = {};
  sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler == SIG_IGN) sigdelset(&watched_, SIGHUP);  // as nohup has it
  sigprocmask(SIG_BLOCK, &watched_, &old_);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

SupervisedProcesses::~SupervisedProcesses() {
  prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  sigprocmask(SIG_SETMASK, &old_, nullptr);
}

pid_t SupervisedProcesses::start(const std::vector<std::string>& words,
                                 const std::vector<std::pair<std::string, std::string>>& environment) {
  const std::vector<char*> pointers = pointers_to(words);
  const pid_t parent = getpid();
  const pid_t pid = access(pointers[0], X_OK) == 0 ? fork() : -1;
  if (pid < 0) user_error("launch: {} cannot be started: {}", words[0], std::strerror(errno));
  if (pid > 0) {
    setpgid(pid, pid);
    return pid;
  }
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
  if (getppid() != parent) _exit(kNotFound);  // it ended before that was set
  sigprocmask(SIG_SETMASK, &old_, nullptr);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  execv(pointers[0], pointers.data());
  _exit(kNotFound);
}

int SupervisedProcesses::wait_for_signal(std::chrono::milliseconds limit) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const timespec time{seconds.count(), std::chrono::nanoseconds(limit - seconds).count()};
  const int signal = sigtimedwait(&watched_, nullptr, &time);
  return signal < 0 ? 0 : signal;
}

std::optional<int> SupervisedProcesses::reap(pid_t pid) {
  std::optional<int> code;
  int status = 0;
  for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended != pid) continue;
    code = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
  }
  return code;
}

int SupervisedProcesses::signal_descendants(int signal, pid_t spared) {
  const std::map<pid_t, pid_t> all = parents();
  int sent = 0;
  for (const auto& [pid, parent] : all) {
    auto up = all.find(pid);
    while (up != all.end() && up->second != getpid()) up = all.find(up->second);
    if (up == all.end() || pid == spared) continue;
    if (kill(pid, signal) == 0) ++sent;
  }
  return sent;
}

}  // namespace weft
