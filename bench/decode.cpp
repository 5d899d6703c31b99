// Images a second from memory: a plain libjpeg-turbo loop, and Weft's decoding with its transforms, in turn.
// usage: build/bench/decode FOLDER padded|resized [THREADS] [ROUNDS]
#include <fmt/format.h>
#include <turbojpeg.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "weft/base/check.h"
#include "weft/data/decode/image_decoder.h"

namespace {

namespace fs = std::filesystem;
using weft::ImageTransform;
using Files = std::vector<std::vector<std::byte>>;

Files read_folder(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  Files files;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    files.emplace_back(text.size());
    std::memcpy(files.back().data(), text.data(), text.size());
  }
  return files;
}

/// The bar: one warm handle a thread, decoding only.
void decode_plainly(const Files& files, size_t first, size_t step) {
  tjhandle handle = tjInitDecompress();
  std::vector<unsigned char> pixels;
  for (size_t i = first; i < files.size(); i += step) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(files[i].data());
    int width = 0, height = 0, subsampling = 0, colours = 0;
    tjDecompressHeader3(handle, bytes, files[i].size(), &width, &height, &subsampling, &colours);
    const auto size = static_cast<size_t>(width) * static_cast<size_t>(height) * 3;
    if (pixels.size() < size) pixels.resize(size);
    if (tjDecompress2(handle, bytes, files[i].size(), pixels.data(), width, 0, height, TJPF_RGB, 0) != 0) {
      weft::user_error("image {}: {}", i, tjGetErrorStr2(handle));
    }
  }
  tjDestroy(handle);
}

ImageTransform transform_of(const std::string& crop) {
  ImageTransform transform;
  const bool padded = crop == "padded";
  transform.crop = padded ? ImageTransform::Crop::padded : ImageTransform::Crop::random_resized;
  transform.height = transform.width = padded ? 32 : 224;
  transform.mirror = true;
  transform.mean = {0.4914, 0.4822, 0.4465};
  transform.deviation = {0.247, 0.2435, 0.2616};
  return transform;
}

void decode_and_transform(const Files& files, const ImageTransform& transform, size_t first, size_t step) {
  weft::ImageDecoder decoder;
  const weft::Region part = weft::Region::all({transform.height, transform.width, 3});
  std::vector<float> pixels(static_cast<size_t>(part.elems()));
  const weft::View view{reinterpret_cast<std::byte*>(pixels.data()), {weft::DType::f32, part.shape()}};
  const std::string name = "image";
  for (size_t i = first; i < files.size(); i += step) {
    const auto random = weft::augmentation_stream(1, 0, static_cast<int64_t>(i));
    decoder.decode(files[i], name, transform, random, part, view);
  }
}

/// Images a second of `body(first, step)` on so many threads.
double rate(size_t images, size_t threads, const std::function<void(size_t, size_t)>& body) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> others;
  for (size_t i = 1; i < threads; ++i) others.emplace_back(body, i, threads);
  body(0, threads);
  for (std::thread& thread : others) thread.join();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return static_cast<double>(images) / seconds.count();
}

void print(const char* what, std::vector<double> rates) {
  std::sort(rates.begin(), rates.end());
  fmt::print("{:<40} median {:>8.0f} images/s, from {:.0f} to {:.0f}\n", what, rates[rates.size() / 2],
             rates.front(), rates.back());
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() < 2) {
    fmt::print(stderr, "usage: build/bench/decode FOLDER padded|resized [THREADS] [ROUNDS]\n");
    return 2;
  }
  const Files files = read_folder(words[0]);
  const ImageTransform transform = transform_of(words[1]);
  const size_t threads = words.size() > 2 ? std::stoul(words[2]) : 2;
  const size_t rounds = words.size() > 3 ? std::stoul(words[3]) : 5;
  std::vector<double> plain;
  std::vector<double> ours;
  for (size_t round = 0; round <= rounds; ++round) {
    const double a =
        rate(files.size(), threads, [&](size_t first, size_t step) { decode_plainly(files, first, step); });
    const double b = rate(files.size(), threads, [&](size_t first, size_t step) {
      decode_and_transform(files, transform, first, step);
    });
    if (round == 0) continue;  // warms up
    plain.push_back(a);
    ours.push_back(b);
  }
  fmt::print("{} images, {} threads, {} rounds in turn\n", files.size(), threads, rounds);
  print("libjpeg-turbo, decoding only", plain);
  print(
      words[1] == "padded" ? "Weft, padded crop, mirror, normalise" : "Weft, resized crop, mirror, normalise",
      ours);
  std::vector<double> ratios;
  for (size_t i = 0; i < rounds; ++i) ratios.push_back(ours[i] / plain[i]);
  std::sort(ratios.begin(), ratios.end());
  fmt::print("ratio: median {:.2f}\n", ratios[rounds / 2]);
  return 0;
}
