#include "weft/machine/machine_cache.h"

#include <fmt/format.h>

#include <cstdlib>

#include "weft/base/check.h"
#include "weft/base/replaced_file.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// What the environment has, where that is an absolute path: others are none, says the XDG specification.
std::optional<fs::path> path_in_environment(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr || !fs::path(text).is_absolute()) return std::nullopt;
  return text;
}

/// Letters and digits in words, as a file's name may have them: "amd-epyc-9b14".
std::string slug(const std::string& text) {
  constexpr size_t kMost = 60;
  std::string words;
  bool gap = false;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      if (gap && !words.empty()) words += '-';
      words += upper ? static_cast<char>(c - 'A' + 'a') : c;
      gap = false;
    } else {
      gap = true;
    }
  }
  return words.empty() ? "unknown" : words.substr(0, kMost);
}

}  // namespace

std::optional<fs::path> machine_cache_folder() {
  if (const auto cache = path_in_environment("XDG_CACHE_HOME")) return *cache / "weft";
  if (const auto home = path_in_environment("HOME")) return *home / ".cache" / "weft";
  return std::nullopt;
}

fs::path cached_machine_path(const fs::path& folder, const MeasuredOn& here) {
  return folder / fmt::format("machine-{}-{}-cores-{}x{}.json", slug(here.cpu), here.cores.value_or(0),
                              here.ranks.value_or(0), here.threads.value_or(0));
}

CachedMachine read_cached_machine(const fs::path& folder, const MeasuredOn& here) {
  const fs::path path = cached_machine_path(folder, here);
  std::error_code error;
  CachedMachine found;
  if (!fs::exists(fs::symlink_status(path, error))) return found;
  try {
    Machine machine = read_machine(path);
    const std::string other = difference(machine.measured_on, here);
    if (other.empty()) {
      found.machine = std::move(machine);
    } else {
      found.trouble = fmt::format("{}: was measured with {}", path.string(), other);
    }
  } catch (const UserError& wrong) {
    found.trouble = wrong.what();
  }
  return found;
}

void write_machine(const Machine& machine, const fs::path& path) {
  const std::string text = to_json(machine) + "\n";
  ReplacedFile file(path, "machine description");
  file.write(text.data(), text.size());
  file.commit();
}

}  // namespace weft
