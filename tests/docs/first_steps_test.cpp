// The first ten minutes of a user: what README.md and docs/first-steps.md say is done in their order, in a
// folder that looks like the repository's, with a text, pictures and arrays of one's own. Only runs are
// shorter.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/machine/own_cache.h"
#include "tests/recipe/needs_kinds.h"

namespace weft::testing {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Block {
  std::string kind;  ///< what stands behind the fence
  std::string text;
};

std::vector<Block> blocks_of(const fs::path& document) {
  std::vector<Block> blocks;
  std::istringstream stream(content(document));
  bool inside = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({line.substr(3), ""});
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

class FirstSteps : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "resnet", "text", "images", "arrays", "language_modelling", "classification",
                "cross_entropy", "accuracy", "adamw", "sgd", "cosine", "constant", "bytes", "checkpoints",
                "metrics_log", "report");
  }
  FirstSteps() : folder_(fs::temp_directory_path() / fmt::format("weft-first-steps-{}", getpid())) {
    fs::create_directories(folder_ / "build");
    fs::create_directory_symlink(WEFT_SOURCE_DIR "/recipes", folder_ / "recipes");
    // The command, but for runs that are not told how long they are.
    std::ofstream(folder_ / "build/weft") << fmt::format(R"(#!/bin/sh
case "$1 $*" in
  *run.steps=*|*--try*) exec {0} "$@" ;;
  train*|launch*train*) exec {0} "$@" --set run.steps=12 --set log.evaluate_every=6 --set log.evaluate_batches=2 --set run.threads=1 ;;
esac
exec {0} "$@"
)",
                                                         WEFT_BINARY);
    fs::permissions(folder_ / "build/weft", fs::perms::owner_all);
  }
  ~FirstSteps() override { fs::remove_all(folder_); }

  /// What the lines print; the test fails where one of them does.
  std::string run(const std::string& lines) const {
    std::ofstream(folder_ / "block.sh") << lines;
    const std::string command = fmt::format(
        "cd {} && env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "
        "OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_mpi_yield_when_idle=1 bash -e block.sh 2>&1",
        folder_.string());
    FILE* pipe = popen(command.c_str(), "r");
    std::string text;
    std::array<char, 4096> buffer;
    while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), got);
    EXPECT_EQ(pclose(pipe), 0) << lines << text;
    return text;
  }

  std::string run_python(const std::string& lines) const {
    std::ofstream(folder_ / "block.py") << lines;
    return run("python3 block.py");
  }

  void make_text() const {
    std::ofstream text(folder_ / "my-text.txt");
    for (int i = 0; i < 1500; ++i) text << "Once upon a time there were " << i << " looms in a hall.\n";
  }

  /// 24 bits a pixel, blue, green, red, rows from the bottom up.
  void make_picture(const std::string& name, int red) const {
    constexpr uint32_t kSide = 40;
    constexpr uint32_t kBytes = 54 + 3 * kSide * kSide;
    std::string picture(kBytes, '\0');
    const auto put = [&](size_t at, uint32_t value, size_t bytes) {
      std::memcpy(picture.data() + at, &value, bytes);
    };
    picture[0] = 'B';
    picture[1] = 'M';
    put(2, kBytes, 4);
    put(10, 54, 4);
    put(14, 40, 4);
    put(18, kSide, 4);
    put(22, kSide, 4);
    put(26, 1, 2);
    put(28, 24, 2);
    for (size_t i = 54; i < kBytes; i += 3)
      picture[i + 2] = static_cast<char>(red + static_cast<int>(i) % 40);
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << picture;
  }
  void make_pictures() const {
    for (int i = 0; i < 24; ++i) {
      make_picture(fmt::format("pictures/cat/{}.bmp", i), 10 + i);
      make_picture(fmt::format("pictures/dog/{}.bmp", i), 180 + i);
    }
  }

  template <class T>
  void make_array(const std::string& name, const std::string& type, const std::string& shape,
                  const std::vector<T>& values) const {
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, shape);
    header.resize(118 - 1, ' ');
    header += '\n';
    std::string array("\x93NUMPY\x01\x00\x76\x00", 10);
    array += header;
    array.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    fs::create_directories(folder_ / "arrays");
    std::ofstream(folder_ / "arrays" / name, std::ios::binary) << array;
  }
  void make_arrays() const {
    std::vector<float> x(size_t{64} * 16 * 16 * 3);
    std::vector<int64_t> y(64);
    for (size_t i = 0; i < y.size(); ++i) y[i] = static_cast<int64_t>(i % 3);
    for (size_t i = 0; i < x.size(); ++i) {
      x[i] = std::sin(static_cast<float>(i)) + static_cast<float>(i / (16 * 16 * 3) % 3);
    }
    make_array("x.npy", "<f4", "(64, 16, 16, 3)", x);
    make_array("y.npy", "<i8", "(64,)", y);
    run("cd arrays && python3 -c 'import zipfile\n"
        "with zipfile.ZipFile(\"../arrays.npz\", \"w\") as file:\n"
        "  for name in (\"x.npy\", \"y.npy\"): file.write(name)'");
  }

  /// Where it is not there, arrays.npz is what make_arrays() wrote.
  static bool has_numpy() { return std::system("python3 -c 'import numpy' 2>/dev/null") == 0; }

  fs::path folder_;
  OwnCache cache_{"first-steps"};  ///< the README measures this machine
};

TEST_F(FirstSteps, OfTheReadmeWorkAsTheyStand) {
  std::string lines;
  for (const Block& block : blocks_of(WEFT_SOURCE_DIR "/README.md")) {
    if (block.text.starts_with("build/weft train")) lines = block.text;
  }
  ASSERT_NE(lines, "") << "the README has no block that begins with build/weft train";
  const std::string text = run(lines);
  EXPECT_NE(text.find("The licence "), std::string::npos) << text;
  EXPECT_TRUE(fs::exists(folder_ / "runs/gpt2-hf/config.json"));
  EXPECT_TRUE(fs::exists(folder_ / "runs/first/report.html"));
}

TEST_F(FirstSteps, OfTheGuideWorkAsTheyStand) {
  make_text();
  make_pictures();
  make_arrays();
  std::string text;
  int blocks = 0;
  for (const Block& block : blocks_of(WEFT_SOURCE_DIR "/docs/first-steps.md")) {
    if (block.kind == "sh") {
      text += run(block.text);
      ++blocks;
    } else if (block.kind == "python" && block.text.find("import numpy") != std::string::npos) {
      if (!has_numpy()) continue;
      fs::remove(folder_ / "arrays.npz");
      text += run_python(block.text);
      EXPECT_TRUE(fs::exists(folder_ / "arrays.npz"));
    } else if (block.kind == "python") {
      text += run_python(block.text);
    } else if (block.kind == "toml") {
      std::ofstream(folder_ / block.text.substr(2, block.text.find('\n') - 2)) << block.text;
    }
  }
  EXPECT_EQ(blocks, 7);
  for (const char* part : {"tried: steps, evaluations, checkpoints and the report work", "Once ",
                           "ended with 130", "resuming after step", "runs/text", "interrupted", "run.steps",
                           "12 steps, the last loss", "exported to runs/text-hf", "ranks   data=2"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
  }
  for (const char* run : {"text", "pictures", "arrays", "long", "imported", "two-ranks"}) {
    EXPECT_TRUE(fs::exists(folder_ / "runs" / run / "report.html")) << run;
  }
}

}  // namespace
}  // namespace weft::testing
