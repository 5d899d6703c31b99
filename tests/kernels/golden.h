#pragma once
// Values that PyTorch computed: lines of "name value value ..." in golden.txt, which make_golden.py writes.
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "weft/base/check.h"

namespace weft::testing {

class Golden {
 public:
  Golden() {
    std::ifstream file(std::string(WEFT_SOURCE_DIR) + "/tests/kernels/golden.txt");
    WEFT_CHECK(file.good(), "tests/kernels/golden.txt cannot be read");
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      for (double value = 0; words >> value;) values_[name].push_back(value);
    }
  }
  const std::vector<double>& operator[](const std::string& name) const {
    const auto found = values_.find(name);
    WEFT_CHECK(found != values_.end(), "golden.txt holds no {}", name);
    return found->second;
  }

 private:
  std::map<std::string, std::vector<double>> values_;
};

}  // namespace weft::testing
