#pragma once
// What tests of kinds of data share: a folder for the data of one test, and what opening them says.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "weft/base/check.h"
#include "weft/train/session/session.h"

namespace weft::testing {

class DataFolder : public ::testing::Test {
 protected:
  DataFolder()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("weft-data-{}-{}", getpid(),
                            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(folder_);
  }
  ~DataFolder() override { std::filesystem::remove_all(folder_); }

  /// The message of a recipe's data that cannot be opened; "" where they can.
  static std::string refusal(const Recipe& recipe) {
    try {
      open_data(recipe, Communicator::world());
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  }

  std::filesystem::path folder_;
};

}  // namespace weft::testing
