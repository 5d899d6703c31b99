#include "tests/jobs/job.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "tests/recipe/tiny_recipes.h"
#include "weft/report/metrics_log.h"

namespace weft::testing {

namespace fs = std::filesystem;

namespace {

constexpr Seconds kPatience{120};
constexpr auto kLook = std::chrono::milliseconds(5);

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Parents of all processes, from /proc.
std::map<pid_t, pid_t> parents() {
  std::map<pid_t, pid_t> found;
  std::error_code gone;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", gone)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    const std::string stat = content(entry.path() / "stat");
    const size_t name_end = stat.rfind(')');  // the name itself may hold spaces
    if (name_end == std::string::npos) continue;
    std::istringstream fields(stat.substr(name_end + 1));
    std::string state;
    pid_t parent = 0;
    if (fields >> state >> parent) found[pid] = parent;
  }
  return found;
}

std::vector<pid_t> descendants(pid_t ancestor) {
  const std::map<pid_t, pid_t> all = parents();
  std::vector<pid_t> found;
  for (const auto& [pid, parent] : all) {
    for (auto up = all.find(pid); up != all.end() && up->first != ancestor; up = all.find(up->second)) {
      if (up->second == ancestor) found.push_back(pid);
    }
  }
  return found;
}

}  // namespace

Job::Job(const std::string& command, fs::path output) : output_(std::move(output)) {
  pid_ = fork();
  if (pid_ != 0) return;
  const int out = open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execl("/bin/sh", "sh", "-c", ("exec " + command).c_str(), nullptr);
  _exit(127);
}

Job::~Job() {
  if (!running()) return;
  for (const pid_t pid : descendants(pid_)) kill(pid, SIGKILL);
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Job::running() {
  if (code_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

std::optional<pid_t> Job::rank(int number) const {
  const std::string wanted = fmt::format("OMPI_COMM_WORLD_RANK={}", number);
  for (const pid_t pid : descendants(pid_)) {
    std::istringstream variables(content(fmt::format("/proc/{}/environ", pid)));
    for (std::string variable; std::getline(variables, variable, '\0');) {
      if (variable == wanted) return pid;
    }
  }
  return std::nullopt;
}

std::optional<Outcome> Job::wait(Seconds limit) {
  if (!wait_until(limit, [&] { return !running(); })) return std::nullopt;
  return Outcome{*code_, text()};
}

std::string Job::text() const { return content(output_); }

bool wait_until(Seconds limit, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

JobTest::JobTest()
    : folder_(fs::temp_directory_path() /
              fmt::format("weft-job-{}-{}", getpid(),
                          ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
  fs::create_directories(folder_);
  std::ofstream text(folder_ / "text.txt");
  for (int i = 0; i < 500; ++i) text << "many hands make light work, and number " << i << " makes more\n";
  std::ofstream(folder_ / "tiny.toml") << fmt::format(R"([run]
name = "tiny"
steps = 10000000
threads = 1
{}batch = 4
[optimizer]
kind = "adamw"
learning_rate = 1e-3
[parallel]
oversubscribe = true
[log]
every = 1000000
evaluate_batches = 1
)",
                                                      testing::tiny_gpt(folder_ / "text.txt"));
}

JobTest::~JobTest() { fs::remove_all(folder_); }

Job JobTest::start(int ranks, const std::string& arguments) const {
  const std::string launcher =
      ranks == 1 ? "" : fmt::format("{} --oversubscribe --bind-to none -n {} ", WEFT_MPIEXEC, ranks);
  return {fmt::format("{}{} {}", launcher, WEFT_BINARY, arguments), folder_ / "output"};
}

Outcome JobTest::run(int ranks, const std::string& arguments) const {
  Job job = start(ranks, arguments);
  const std::optional<Outcome> outcome = job.wait(kPatience);
  EXPECT_TRUE(outcome) << "still running: " << arguments << "\n" << job.text();
  return outcome.value_or(Outcome{});
}

std::string JobTest::train(const std::string& run, const std::vector<std::string>& keys) const {
  std::string command = fmt::format("train {} --out {}", folder("tiny.toml").string(), folder(run).string());
  for (const std::string& key : keys) command += " --set " + key;
  return command;
}

std::vector<int64_t> JobTest::steps(const std::string& run) const {
  std::vector<int64_t> found;
  if (!fs::exists(folder(run) / "metrics.jsonl")) return found;
  for (const MetricsRow& row : read_metrics(folder(run) / "metrics.jsonl")) found.push_back(row.step);
  return found;
}

std::vector<std::string> JobTest::losses(const std::string& run) const {
  std::vector<std::string> all;
  std::ifstream file(folder(run) / "metrics.jsonl");
  for (std::string line; std::getline(file, line);) {
    const size_t at = line.find("\"loss\":");
    all.push_back(line.substr(at, line.find(',', at) - at));
  }
  return all;
}

std::vector<std::string> JobTest::checkpoints(const std::string& run) const {
  std::vector<std::string> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder(run) / "checkpoints", none)) {
    found.push_back(entry.path().filename().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

int64_t count(const std::string& text, const std::string& words) {
  int64_t found = 0;
  for (size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++found;
  return found;
}

}  // namespace weft::testing
