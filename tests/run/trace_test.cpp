#include "weft/run/trace.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"

namespace weft {
namespace {

class TraceTest : public ::testing::Test {
 protected:
  ~TraceTest() override { std::filesystem::remove(path_); }
  nlohmann::json written(const Trace& trace) const {
    trace.write(path_, 3);
    std::ifstream file(path_);
    return nlohmann::json::parse(file);
  }
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("weft-trace-" + std::to_string(getpid()));
};

TEST_F(TraceTest, ComputeAndCommunicationHaveRowsOfTheirOwn) {
  const std::string label = "block 0";
  Trace trace(8);
  trace.add({&label, "matmul", "forward", "compute", 1000, 2500});
  trace.add({&label, "all_reduce", "backward", "communication", 2000, 500});
  const nlohmann::json events = written(trace);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["name"], "matmul");
  EXPECT_EQ(events[0]["ts"], 1.0);
  EXPECT_EQ(events[0]["dur"], 2.5);
  EXPECT_EQ(events[0]["pid"], 3);
  EXPECT_NE(events[0]["tid"], events[1]["tid"]);
}

TEST_F(TraceTest, FetchesThatOverlapAreBeginsAndEndsOfTheSameNumber) {
  const std::string label;
  Trace trace(8);
  trace.add({&label, "from the source", "data", "fetch", 1000, 9000});
  trace.add({&label, "from disk", "data", "fetch", 2000, 3000});
  const nlohmann::json events = written(trace);
  ASSERT_EQ(events.size(), 4U);
  for (size_t i = 0; i < 4; i += 2) {
    EXPECT_EQ(events[i]["ph"], "b");
    EXPECT_EQ(events[i + 1]["ph"], "e");
    EXPECT_EQ(events[i]["id"], events[i + 1]["id"]);
    EXPECT_EQ(events[i]["cat"], events[i + 1]["cat"]);
  }
  EXPECT_NE(events[0]["id"], events[2]["id"]);
  EXPECT_EQ(events[1]["ts"], 10.0);
  EXPECT_EQ(events[3]["ts"], 5.0);
}

TEST_F(TraceTest, WhatDoesNotFitIsCountedAndAFolderThatIsNotThereIsNamed) {
  const std::string label;
  Trace trace(1);
  trace.add({&label, "a", "", "compute", 0, 1});
  trace.add({&label, "b", "", "compute", 1, 1});
  EXPECT_EQ(trace.events().size(), 1U);
  EXPECT_EQ(trace.dropped(), 1);
  EXPECT_THROW(trace.write("/no/such/folder/trace.json", 0), UserError);
}

TEST_F(TraceTest, TimesCountFromItsBeginning) {
  const auto before = std::chrono::steady_clock::now();
  const Trace trace(1);
  EXPECT_LE(trace.at(before), 0);
  EXPECT_EQ(trace.at(before + std::chrono::seconds(1)) - trace.at(before), 1'000'000'000);
}

}  // namespace
}  // namespace weft
