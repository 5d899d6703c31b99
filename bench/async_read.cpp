// Reads from a cold page cache: small files by reader and depth, and long extents with and without O_DIRECT.
// usage: async_read small LIST ROUNDS | async_read large FILE ROUNDS      (as root: drops the page cache)
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <thread>

#include "weft/data/read/async_reader.h"
#include "weft/data/read/open_file.h"
#include "weft/data/read/uring_reader.h"

namespace {

using weft::AsyncReader;
using weft::ReadResult;
using weft::ReadTask;

constexpr int64_t kSmallBytes = 16'384;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

void drop_page_cache() {
  ::sync();
  std::ofstream("/proc/sys/vm/drop_caches") << "3\n";
}

/// Runs every task, `window` in flight; task(i) fills in all but the memory. Returns the bytes read.
int64_t run(AsyncReader& reader, int64_t count, int window, int64_t most_bytes,
            const std::function<ReadTask(int64_t)>& task) {
  std::vector<std::byte> memory(static_cast<size_t>(window * most_bytes));
  std::vector<int> free;
  for (int i = 0; i < window; ++i) free.push_back(i);
  std::vector<ReadResult> done;
  int64_t next = 0;
  int64_t bytes = 0;
  while (next < count || reader.pending() > 0) {
    while (next < count && !free.empty()) {
      ReadTask read = task(next++);
      read.id = static_cast<uint64_t>(free.back());
      read.into = memory.data() + free.back() * most_bytes;
      free.pop_back();
      reader.submit(read);
    }
    done.clear();
    reader.collect(done, 1000);
    for (const ReadResult& result : done) {
      if (result.error != 0) std::fprintf(stderr, "error %d\n", result.error);
      bytes += result.bytes;
      free.push_back(static_cast<int>(result.id));
    }
  }
  return bytes;
}

int64_t plain_threads(const std::vector<std::string>& paths, int threads) {
  std::atomic<size_t> next = 0;
  std::atomic<int64_t> bytes = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      std::vector<std::byte> memory(kSmallBytes);
      for (size_t k = next++; k < paths.size(); k = next++) {
        const weft::OpenFile file(::open(paths[k].c_str(), O_RDONLY | O_CLOEXEC));
        bytes += ::pread(file.number(), memory.data(), memory.size(), 0);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  return bytes;
}

struct Candidate {
  std::string name;
  std::function<int64_t()> read;  ///< returns bytes
  std::vector<double> times{};
  double processor = 0;
  int64_t bytes = 0;
};

/// Interleaved rounds from a cold cache; prints medians.
void compare(std::vector<Candidate>& candidates, int rounds, int64_t count, const char* unit) {
  for (int round = 0; round < rounds; ++round) {
    for (Candidate& candidate : candidates) {
      drop_page_cache();
      const double before = processor_seconds();
      const double start = seconds();
      candidate.bytes = candidate.read();
      candidate.times.push_back(seconds() - start);
      candidate.processor += (processor_seconds() - before) / rounds;
    }
  }
  for (Candidate& candidate : candidates) {
    std::sort(candidate.times.begin(), candidate.times.end());
    const double median = candidate.times[candidate.times.size() / 2];
    std::printf("%-34s %9.0f %s/s  %7.0f MB/s  (%.2f to %.2f s, processor %.2f s)\n", candidate.name.c_str(),
                static_cast<double>(count) / median, unit,
                static_cast<double>(candidate.bytes) / median / 1e6, candidate.times.front(),
                candidate.times.back(), candidate.processor);
  }
}

void small_files(const std::string& list, int rounds) {
  std::vector<std::string> paths;
  std::ifstream in(list);
  for (std::string line; std::getline(in, line);) paths.push_back(line);
  const auto count = static_cast<int64_t>(paths.size());
  const auto task = [&](int64_t i) { return ReadTask{.path = paths[i].c_str(), .bytes = kSmallBytes}; };
  std::vector<Candidate> candidates;
  for (const int threads : {1, 16, 64}) {
    candidates.push_back({"plain loops, threads " + std::to_string(threads),
                          [&paths, threads] { return plain_threads(paths, threads); }});
  }
  for (const int depth : {1, 16, 64, 128, 256}) {
    candidates.push_back({"io_uring, depth " + std::to_string(depth), [=] {
                            const auto reader = weft::make_uring_reader(depth);
                            return reader ? run(*reader, count, 2 * depth, kSmallBytes, task) : 0;
                          }});
  }
  for (const int depth : {16, 64}) {
    candidates.push_back({"threads, depth " + std::to_string(depth), [=] {
                            const auto reader = weft::make_thread_reader(depth, depth);
                            return run(*reader, count, 2 * depth, kSmallBytes, task);
                          }});
  }
  compare(candidates, rounds, count, "files");
}

void long_extents(const std::string& path, int rounds) {
  const weft::OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const int64_t size = ::lseek(file.number(), 0, SEEK_END);
  for (const int64_t bytes : {int64_t{20'000}, int64_t{110'000}, int64_t{1'000'000}, int64_t{17'000'000}}) {
    std::vector<Candidate> candidates;
    const int64_t count = std::min<int64_t>(size, int64_t{1} << 30) / bytes / (bytes < 100'000 ? 4 : 1);
    for (const bool random : {false, true}) {
      for (const bool direct : {false, true}) {
        for (const int depth : {1, 8, 32}) {
          const auto read = [=, &path] {
            std::mt19937_64 generator(1);
            const auto reader = weft::make_async_reader(depth);
            return run(*reader, count, depth, bytes, [&](int64_t i) {
              const int64_t at = random
                                     ? static_cast<int64_t>(generator() % static_cast<uint64_t>(size - bytes))
                                     : i * bytes;
              return ReadTask{.path = path.c_str(), .offset = at, .bytes = bytes, .direct = direct};
            });
          };
          candidates.push_back({std::to_string(bytes) + (random ? " random" : " in order") +
                                    (direct ? " direct" : " buffered") + ", depth " + std::to_string(depth),
                                read});
        }
      }
    }
    compare(candidates, rounds, count, "reads");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (argc != 4 || (mode != "small" && mode != "large")) {
    std::fputs("usage: async_read small LIST ROUNDS | async_read large FILE ROUNDS\n", stderr);
    return 2;
  }
  const int rounds = std::max(1, std::atoi(argv[3]));
  if (mode == "small") {
    small_files(argv[2], rounds);
  } else {
    long_extents(argv[2], rounds);
  }
  return 0;
}
