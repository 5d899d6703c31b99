#include "weft/train/folder/run_folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace weft {

std::optional<std::filesystem::path> named_run_folder(const Recipe& recipe, const std::string& out) {
  if (!out.empty()) return out;
  if (!recipe.run.output.empty()) return recipe.run.output;
  return std::nullopt;
}

std::filesystem::path run_folder(const Recipe& recipe, const std::string& out, const Communicator& world) {
  if (const auto named = named_run_folder(recipe, out)) return *named;
  // Every rank must name the same folder: rank 0's clock decides.
  std::time_t now = std::time(nullptr);
  world.broadcast(&now, sizeof(now), 0);
  return std::filesystem::path("runs") /
         fmt::format("{}-{:%Y%m%d-%H%M%S}", recipe.run.name, fmt::localtime(now));
}

}  // namespace weft
