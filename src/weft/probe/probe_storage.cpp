#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include "weft/base/check.h"
#include "weft/probe/probe_parts.h"

namespace weft {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kBlock = int64_t{4} << 20;
constexpr int64_t kMostBlocks = 16;
constexpr double kMostSeconds = 0.5;  ///< of one file, read or written: slow storage is measured on less
constexpr int kThreads = 4;           ///< readers at once where the job is one rank

/// A file of the probe's own, read and written past the page cache; removed with the object. Its methods
/// are called by one thread at a time.
class ProbeFile {
 public:
  /// UserError where the folder cannot be written; a file system without O_DIRECT leaves !usable().
  ProbeFile(const std::filesystem::path& folder, int rank, int number)
      : path_(folder / fmt::format(".weft-probe-{}-{}-{}", getpid(), rank, number)) {
    const int plain = open(path_.c_str(), O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0600);
    if (plain < 0) {
      user_error("{}: the probe cannot write a file here: {}", folder.string(), std::strerror(errno));
    }
    close(plain);
    file_ = open(path_.c_str(), O_RDWR | O_DIRECT | O_CLOEXEC);
    memory_.reset(static_cast<std::byte*>(std::aligned_alloc(4096, kBlock)));
    if (memory_) std::memset(memory_.get(), 0x5a, kBlock);
  }
  ~ProbeFile() {
    if (file_ >= 0) close(file_);
    unlink(path_.c_str());
  }
  ProbeFile(const ProbeFile&) = delete;
  ProbeFile& operator=(const ProbeFile&) = delete;

  bool usable() const { return file_ >= 0 && memory_ != nullptr && !failed_; }

  void write() {
    const Clock::time_point began = Clock::now();
    for (written_ = 0; written_ < kMostBlocks * kBlock && since(began) < kMostSeconds;) {
      if (pwrite(file_, memory_.get(), kBlock, written_) != kBlock) return fail();
      written_ += kBlock;
    }
    if (fsync(file_) != 0) return fail();
    write_s_ = since(began);
  }

  void read() {
    const Clock::time_point began = Clock::now();
    for (read_ = 0; read_ < written_ && since(began) < kMostSeconds; read_ += kBlock) {
      if (pread(file_, memory_.get(), kBlock, read_) != kBlock) return fail();
    }
    read_s_ = since(began);
  }

  double write_mb_s() const { return static_cast<double>(written_) * 1e-6 / write_s_; }
  double read_mb_s() const { return static_cast<double>(read_) * 1e-6 / read_s_; }

 private:
  static double since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
  }
  void fail() { failed_ = true; }

  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::filesystem::path path_;
  int file_ = -1;
  std::unique_ptr<std::byte, Free> memory_;
  bool failed_ = false;
  int64_t written_ = 0;
  int64_t read_ = 0;
  double write_s_ = 0;
  double read_s_ = 0;
};

using ProbeFiles = std::vector<std::unique_ptr<ProbeFile>>;

/// All files at once, a thread each.
void at_once(const ProbeFiles& files, void (ProbeFile::*work)()) {
  std::vector<std::thread> readers;
  for (const auto& file : files) readers.emplace_back([&file, work] { ((*file).*work)(); });
  for (std::thread& reader : readers) reader.join();
}

/// Of all ranks. Collective.
double total(const Communicator& world, double value) {
  world.all_reduce(&value, 1, Element::f64, Reduce::sum).wait();
  return value;
}

double rate_of(const ProbeFiles& files, double (ProbeFile::*rate)() const) {
  double mb_s = 0;
  for (const auto& file : files) mb_s += ((*file).*rate)();
  return mb_s;
}

bool all_usable(const Communicator& world, const ProbeFiles& files) {
  const auto broken =
      std::count_if(files.begin(), files.end(), [](const auto& file) { return !file->usable(); });
  return total(world, static_cast<double>(broken)) == 0;
}

}  // namespace

void add_storage(const Communicator& world, const std::string& name, const std::filesystem::path& folder,
                 Probe& probe, std::vector<Measurement>& list) {
  const auto files = std::make_shared<ProbeFiles>();
  for (int i = 0; i < (world.size() == 1 ? kThreads : 1); ++i) {
    files->push_back(std::make_unique<ProbeFile>(folder, world.rank(), i));
  }
  const double users = total(world, static_cast<double>(files->size()));
  const std::string cannot =
      fmt::format("{}: files in {} cannot be read past the page cache", name, folder.string());
  Machine& machine = probe.machine;
  const auto add = [&](const char* key, const std::string& title, std::function<double()> once,
                       std::function<void(double)> keep) {
    list.push_back({fmt::format("storage.{}.{}", name, key), fmt::format("{}, {}", name, title), "MB/s",
                    std::move(once), std::move(keep), cannot});
  };
  // A rate of all, or NaN on all ranks where one could not do it.
  const auto rate = [&world, files](double mb_s) {
    const double all = total(world, mb_s);
    return all_usable(world, *files) ? all : std::nan("");
  };
  add(
      "write_mb_s", fmt::format("{:.0f} writers", users),
      [files, rate, &world] {
        if (!all_usable(world, *files)) return std::nan("");
        at_once(*files, &ProbeFile::write);
        return rate(rate_of(*files, &ProbeFile::write_mb_s));
      },
      [&machine, name, users](double median) {
        machine.storage[name].write = RateTable({{users, median}});
      });
  add(
      "read_mb_s.1", "1 reader",
      [files, rate, &world] {
        if (!all_usable(world, *files)) return std::nan("");
        const bool reads = world.rank() == 0;
        if (reads) files->front()->read();
        world.barrier();
        return rate(reads && files->front()->usable() ? files->front()->read_mb_s() : 0);
      },
      [&machine, name](double median) {
        machine.storage[name].read = RateTable({{1.0, median}});
      });
  add(
      "read_mb_s", fmt::format("{:.0f} readers", users),
      [files, rate, &world] {
        if (!all_usable(world, *files)) return std::nan("");
        at_once(*files, &ProbeFile::read);
        return rate(rate_of(*files, &ProbeFile::read_mb_s));
      },
      [&machine, name, users](double median) {
        std::optional<RateTable>& read = machine.storage[name].read;
        auto points = read ? read->points() : std::vector<std::pair<double, double>>();
        points.emplace_back(users, median);
        read = RateTable(std::move(points));
      });
}

}  // namespace weft
