// Of machine/machine_cache.h, machine/measured_on.h: what a probe kept is found again where it holds, and
// only there.
#include "weft/machine/machine_cache.h"

#include "tests/machine/own_cache.h"
#include "weft/base/check.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

const MeasuredOn kHere{"AMD EPYC 9B14", 2, 1, 2, "2.6.3", ""};

Machine probed() {
  Machine machine;
  machine.name = "here";
  machine.measured_on = kHere;
  machine.measured_on.date = "2026-11-29";
  machine.memory_gbps = 20;
  return machine;
}

class MachineCache : public ::testing::Test {
 protected:
  CachedMachine read() const { return read_cached_machine(cache_.folder(), kHere); }
  /// The trouble with a file of this text, without its path.
  std::string trouble(const std::string& text) const {
    cache_.put(kHere, text);
    const CachedMachine found = read();
    EXPECT_FALSE(found.machine);
    const std::string path = cache_.path(kHere).string();
    EXPECT_TRUE(found.trouble.starts_with(path + ": ")) << found.trouble;
    return found.trouble.substr(path.size() + 2);
  }
  /// As if `other` had been measured at the place of kHere.
  std::string trouble_of(const MeasuredOn& other) const {
    Machine machine = probed();
    machine.measured_on = other;
    return trouble(to_json(machine));
  }

  testing::OwnCache cache_;
};

TEST_F(MachineCache, IsAFileForEachProcessorRanksAndThreads) {
  EXPECT_EQ(machine_cache_folder(), cache_.home() / "weft");
  EXPECT_EQ(cached_machine_path("c", kHere), "c/machine-amd-epyc-9b14-2-cores-1x2.json");
  EXPECT_EQ(cached_machine_path("c", {"Intel(R) Xeon(R) CPU @ 2.2GHz", 96, 8, 12, "3.1", ""}),
            "c/machine-intel-r-xeon-r-cpu-2-2ghz-96-cores-8x12.json");
  EXPECT_EQ(cached_machine_path("c", {"../…", 4, 1, 4, "", ""}), "c/machine-unknown-4-cores-1x4.json");
}

TEST_F(MachineCache, FindsWhatWasKept) {
  EXPECT_FALSE(read().machine);
  EXPECT_EQ(read().trouble, "") << "none is no trouble";
  write_machine(probed(), cache_.path(kHere));
  const CachedMachine found = read();
  ASSERT_TRUE(found.machine);
  EXPECT_EQ(to_json(*found.machine), to_json(probed()));
  EXPECT_EQ(found.trouble, "");
  EXPECT_EQ(std::distance(fs::directory_iterator(cache_.folder()), {}), 1) << "no part of a file is left";
}

TEST_F(MachineCache, SaysInWhatTheFileIsOfAnother) {
  const auto with = [](auto member, auto value) {
    MeasuredOn other = kHere;
    other.*member = value;
    return other;
  };
  EXPECT_EQ(trouble_of(with(&MeasuredOn::onednn, "3.1.0")),
            "was measured with oneDNN 3.1.0, and here is 2.6.3");
  EXPECT_EQ(trouble_of(with(&MeasuredOn::cpu, "Intel Xeon")),
            "was measured with the processor Intel Xeon, and here is AMD EPYC 9B14");
  EXPECT_EQ(trouble_of(with(&MeasuredOn::cores, 64)), "was measured with 64 cores, and here 2");
  EXPECT_EQ(trouble_of(with(&MeasuredOn::ranks, 4)), "was measured with 4 ranks on a host, and here 1");
  EXPECT_EQ(trouble_of(with(&MeasuredOn::threads, 1)), "was measured with 1 threads a rank, and here 2");
  EXPECT_EQ(trouble_of({}), "was measured with the processor an unknown one, and here is AMD EPYC 9B14");
  EXPECT_EQ(trouble_of(with(&MeasuredOn::cores, std::nullopt)),
            "was measured with an unknown number cores, and here 2");
}

TEST_F(MachineCache, SaysThatAFileIsCutShortOrLies) {
  const std::string whole = to_json(probed());
  EXPECT_TRUE(trouble("").starts_with("is no machine description, or a part of one: "));
  EXPECT_TRUE(trouble(whole.substr(0, whole.size() / 2))
                  .starts_with("is no machine description, or a part of one: "));
  EXPECT_TRUE(trouble(R"({"memory_gbps": 1e9})").starts_with("\"memory_gbps\" is 1000000000.0, expected "));
  fs::remove(cache_.path(kHere));
  fs::create_directories(cache_.path(kHere));
  const CachedMachine folder = read();
  EXPECT_FALSE(folder.machine);
  EXPECT_NE(folder.trouble, "") << "a folder in its place";
}

TEST_F(MachineCache, ALinkThatLeadsNowhereIsTrouble) {
  fs::create_symlink("nowhere", cache_.path(kHere));
  EXPECT_FALSE(read().machine);
  EXPECT_NE(read().trouble, "");
}

TEST_F(MachineCache, LiesInTheHomeWhereNothingElseIsSaid) {
  setenv("XDG_CACHE_HOME", "relative", 1);
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  setenv("HOME", "/home/somebody", 1);
  EXPECT_EQ(machine_cache_folder(), "/home/somebody/.cache/weft");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(machine_cache_folder(), "/home/somebody/.cache/weft");
  unsetenv("HOME");
  EXPECT_EQ(machine_cache_folder(), std::nullopt);
  if (!home.empty()) setenv("HOME", home.c_str(), 1);
}

TEST(RanksAndThreads, AreSaidWhereKnown) {
  EXPECT_EQ(ranks_and_threads(kHere), "1 rank of 2 threads");
  EXPECT_EQ(ranks_and_threads({"", 8, 4, 1, "", ""}), "4 ranks of 1 thread");
  EXPECT_EQ(ranks_and_threads({}), "");
}

}  // namespace
}  // namespace weft
