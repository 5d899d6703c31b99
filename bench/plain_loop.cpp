// Images a second of a plain loop: threads that read JPEG files in random order and decode them with
// libjpeg-turbo, and do nothing else. For cold_epoch.sh. usage: build/bench/plain_loop FOLDER [THREADS]
#include <fcntl.h>
#include <fmt/format.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> shuffled_files(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".jpg") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::shuffle(paths.begin(), paths.end(), std::mt19937(1));
  return paths;
}

/// Returns how many could not be decoded.
int64_t read_and_decode(const std::vector<fs::path>& paths, size_t first, size_t step) {
  tjhandle handle = tjInitDecompress();
  std::vector<unsigned char> bytes(1 << 20);
  std::vector<unsigned char> pixels(1 << 22);
  int64_t bad = 0;
  for (size_t i = first; i < paths.size(); i += step) {
    const int file = open(paths[i].c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t size = file < 0 ? -1 : read(file, bytes.data(), bytes.size());
    if (file >= 0) close(file);
    int width = 0, height = 0, subsampling = 0, colours = 0;
    const auto length = static_cast<unsigned long>(std::max<ssize_t>(size, 0));
    const bool good =
        size > 0 &&
        tjDecompressHeader3(handle, bytes.data(), length, &width, &height, &subsampling, &colours) == 0 &&
        tjDecompress2(handle, bytes.data(), length, pixels.data(), width, 0, height, TJPF_RGB, 0) == 0;
    bad += good ? 0 : 1;
  }
  tjDestroy(handle);
  return bad;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    fmt::print(stderr, "usage: build/bench/plain_loop FOLDER [THREADS]\n");
    return 2;
  }
  const std::vector<fs::path> paths = shuffled_files(arguments[1]);
  const size_t threads = count > 2 ? std::stoul(arguments[2]) : 2;
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> others;
  std::vector<int64_t> bad(threads);
  for (size_t i = 0; i < threads; ++i)
    others.emplace_back([&, i] { bad[i] = read_and_decode(paths, i, threads); });
  for (std::thread& thread : others) thread.join();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  int64_t all_bad = 0;
  for (const int64_t one : bad) all_bad += one;
  fmt::print("{:.0f} images/s, {} bad\n", static_cast<double>(paths.size()) / seconds.count(), all_bad);
  return all_bad == 0 ? 0 : 1;
}
