#include "weft/train/session/same_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "weft/base/check.h"
#include "weft/base/name_hash.h"
#include "weft/base/version.h"
#include "weft/recipe/difference.h"
#include "weft/train/session/load_recipe.h"

namespace weft {

namespace {

/// The first rank whose text differs from rank 0's; nothing where all agree. Only then are whole texts sent.
struct Stranger {
  int rank = 0;
  std::string text;
  std::string of_first;
};
std::optional<Stranger> first_stranger(const std::string& text, const Communicator& world) {
  const std::vector<std::string> hashes = world.all_gather_text(fmt::format("{:016x}", name_hash(text)));
  const auto other = std::ranges::find_if(hashes, [&](const std::string& hash) { return hash != hashes[0]; });
  if (other == hashes.end()) return std::nullopt;
  const auto rank = static_cast<size_t>(other - hashes.begin());
  const bool is_asked = world.rank() == 0 || world.rank() == static_cast<int>(rank);
  const std::vector<std::string> texts = world.all_gather_text(is_asked ? text : "");
  return Stranger{static_cast<int>(rank), texts[rank], texts[0]};
}

}  // namespace

void expect_same_recipe(const Recipe& recipe, const std::string& out, const Communicator& world) {
  if (const auto other = first_stranger(std::string(version()), world)) {
    user_error("rank {} runs weft {}, and rank 0 runs weft {}: all ranks of a job must run one program",
               other->rank, other->text, other->of_first);
  }
  if (const auto other = first_stranger(to_toml(recipe), world)) {
    const std::vector<KeyDifference> keys =
        differences(recipe_table(), parse_recipe(other->text, "the recipe of another rank"),
                    parse_recipe(other->of_first, "the recipe of rank 0"));
    const KeyDifference key =
        keys.empty() ? KeyDifference{"the recipe", "another one", "its own"} : keys.front();
    user_error("rank {} has {} = {}, and rank 0 has {}: all ranks of a job must be given one recipe",
               other->rank, key.key, key.one.empty() ? "nothing" : key.one,
               key.other.empty() ? "nothing" : key.other);
  }
  if (const auto other = first_stranger(out, world)) {
    user_error(
        "rank {} has --out \"{}\", and rank 0 has --out \"{}\": all ranks of a job must be given one folder",
        other->rank, other->text, other->of_first);
  }
}

void expect_same_data(const std::string& fingerprint, const std::string& path, const Communicator& world) {
  if (const auto other = first_stranger(fingerprint, world)) {
    user_error(
        "rank {} sees other data at data.path = \"{}\" than rank 0: other samples, files or tokens; the path "
        "must lead to the same data on all hosts",
        other->rank, path);
  }
}

void expect_same_machine(const std::string& description, const std::string& path, const Communicator& world) {
  if (const auto other = first_stranger(description, world)) {
    user_error(
        "rank {} reads another machine in data.machine = \"{}\" than rank 0: all ranks plan for one, as that "
        "of `mpirun … weft probe --out FILE`",
        other->rank, path);
  }
}

}  // namespace weft
