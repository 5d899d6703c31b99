#pragma once
// Values that another program computed: lines of "name value value ..." in a file that the script beside it
// writes.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "weft/base/check.h"

namespace weft::testing {

class Golden {
 public:
  /// `path` from the root of the repository.
  explicit Golden(const std::string& path) : path_(path) {
    std::ifstream file(std::string(WEFT_SOURCE_DIR) + "/" + path);
    WEFT_CHECK(file.good(), "{} cannot be read", path);
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      for (double value = 0; words >> value;) values_[name].push_back(value);
    }
  }
  const std::vector<double>& operator[](const std::string& name) const {
    const auto found = values_.find(name);
    WEFT_CHECK(found != values_.end(), "{} holds no {}", path_, name);
    return found->second;
  }

 private:
  std::string path_;
  std::map<std::string, std::vector<double>> values_;
};

/// Compares with a golden value, element by element.
inline void expect_golden(const Golden& golden, const std::string& name, const std::vector<double>& got,
                          double tolerance) {
  const std::vector<double>& expected = golden[name];
  ASSERT_EQ(got.size(), expected.size()) << name;
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i], expected[i], tolerance) << name << "[" << i << "]";
  }
}

}  // namespace weft::testing
