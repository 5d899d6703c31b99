#include "weft/datasets/data_place.h"

#include <filesystem>
#include <string>

#include "weft/base/check.h"
#include "weft/base/path_pattern.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

bool is_absent(const fs::path& path) {
  std::error_code error;  // of a folder that may not be read, say: whoever opens the path says which
  return fs::status(path, error).type() == fs::file_type::not_found;
}

/// An empty path is a key that is not given.
void expect_there(const char* key, const fs::path& path) {
  if (path.empty() || !is_absent(path)) return;
  if (is_path_pattern(path)) {
    files_of_pattern(path, key);
    return;
  }
  if (path.is_absolute()) {
    user_error("{}: {} does not exist; --set {}=… says where it is", key, path.string(), key);
  }
  std::error_code error;
  user_error("{}: {} does not exist in the working directory {}; --set {}=… says where it is", key,
             path.string(), fs::current_path(error).string(), key);
}

}  // namespace

void expect_data_there(const DataSection& data) {
  expect_there("data.path", data.path);
  if (const auto* path = std::get_if<std::string>(&data.validation)) expect_there("data.validation", *path);
  for (const MixedSet& set : data.loading.mix) expect_there("data.mix", set.path);
  expect_there("data.weights", data.loading.weights);
  expect_there("data.checksums", data.loading.checksums);
  expect_there("data.machine", data.loading.machine);
}

}  // namespace weft
