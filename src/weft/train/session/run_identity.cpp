#include "weft/train/session/run_identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/version.h"
#include "weft/datasets/data_kind.h"
#include "weft/recipe/difference.h"
#include "weft/report/run_files.h"
#include "weft/train/session/data_difference.h"
#include "weft/train/session/load_recipe.h"

namespace weft {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DataPart, names, unit, count, bytes)

namespace {

/// Of one start alone, which a run's recipe does not keep.
bool is_of_one_start(const std::string& key) {
  return key == "checkpoint.resume" || key == "checkpoint.changes";
}

/// Whether a network's results depend on how a batch is split in time.
bool sees_microbatches(const RunIdentity& run, const Recipe& recipe) {
  const auto is_statistic = [](const auto& state) { return state.second == kBuffer.name; };
  return recipe.model.dropout > 0 || std::ranges::any_of(run.kinds, is_statistic);
}

/// Whether another number is measured on the validation data, though the weights are the same.
bool is_of_measuring(const std::string& key) {
  const auto is_in = [&](const char* section) { return key.starts_with(section); };
  return key == "log.evaluate_batches" || is_in("data.") || is_in("loss.") || is_in("task.");
}

/// Whether the shorter path is the end of the longer: data/x, ../data/x and /work/data/x may be one place,
/// seen from several working directories, and clean/x and noisy/x are none.
bool may_be_same_place(const std::string& one, const std::string& other) {
  const auto parts = [](const std::string& path) {
    const std::filesystem::path normal = std::filesystem::path(path).lexically_normal();
    std::vector<std::filesystem::path> names(normal.begin(), normal.end());
    std::erase_if(
        names, [](const auto& name) { return name.empty() || name == "/" || name == ".." || name == "."; });
    return names;
  };
  const auto a = parts(one);
  const auto b = parts(other);
  const auto compared = std::min(a.size(), b.size());
  return compared > 0 && std::equal(a.end() - static_cast<int64_t>(compared), a.end(),
                                    b.end() - static_cast<int64_t>(compared));
}

/// The data's fingerprint, which is compared too, says whether they are the same there.
bool is_other_way_to_data(const std::string& key, const DataSection& then, const DataSection& now) {
  if (key == "data.path") return may_be_same_place(then.path, now.path);
  const auto* one = std::get_if<std::string>(&then.validation);
  const auto* other = std::get_if<std::string>(&now.validation);
  return key == "data.validation" && one != nullptr && other != nullptr && may_be_same_place(*one, *other);
}

/// The copy that a run's folder keeps of what its recipe names.
bool is_kept_copy(const std::string& key, const DataSection& then, const DataSection& now) {
  const auto path_of = [&](const DataSection& data) -> std::string {
    for (const DataKind::KeptFile& kept : data.kind->files_to_keep()) {
      if (kept.key == key) return kept.path;
    }
    return "";
  };
  const std::string copy = path_of(now);
  const std::filesystem::path run = std::filesystem::path(copy).parent_path().parent_path();
  return !copy.empty() && kept_file_of(run, path_of(then)) == copy;
}

}  // namespace

RunIdentity RunIdentity::of(const Session& session, int64_t step) {
  RunIdentity made;
  made.version = weft::version();
  made.recipe = to_toml(session.recipe());
  made.data = session.data().fingerprint;
  made.training = session.data().training;
  made.held_out = session.data().held_out;
  made.mesh = session.executor().program().mesh.to_string();
  made.data_position = step * session.recipe().optimizer.accumulate;
  for (const auto& [name, state] : session.store().states()) made.kinds.emplace(name, state.kind.name);
  return made;
}

std::string RunIdentity::to_json() const {
  nlohmann::json json{{"version", version}, {"recipe", recipe}, {"data", data},
                      {"mesh", mesh},       {"kinds", kinds},   {"data_position", data_position}};
  if (training) json["training"] = *training;
  if (held_out) json["held_out"] = *held_out;
  return json.dump();
}

std::optional<RunIdentity> RunIdentity::from_json(const std::string& json, const std::string& where) {
  const nlohmann::json read = nlohmann::json::parse(json, nullptr, false);
  if (!read.contains("recipe")) return std::nullopt;
  RunIdentity made;
  try {
    read.at("version").get_to(made.version);
    read.at("recipe").get_to(made.recipe);
    read.at("data").get_to(made.data);
    if (read.contains("training")) made.training = read.at("training").get<DataPart>();
    if (read.contains("held_out")) made.held_out = read.at("held_out").get<DataPart>();
    read.at("mesh").get_to(made.mesh);
    read.at("kinds").get_to(made.kinds);
    read.at("data_position").get_to(made.data_position);
  } catch (const nlohmann::json::exception&) {
    user_error("{}: what index.json says of the run is not what Weft writes there", where);
  }
  return made;
}

RunDifferences differences(const RunIdentity& then, const Session& now) {
  RunDifferences found{.then = parse_recipe(then.recipe, "the checkpoint's recipe")};
  const auto changed = [](const std::string& what, const std::string& from, const std::string& to) {
    return fmt::format("{} {} -> {}", what, from.empty() ? "nothing" : from, to.empty() ? "nothing" : to);
  };
  const Recipe& recipe = found.then;
  for (const KeyDifference& key : differences(recipe_table(), recipe, now.recipe())) {
    if (is_of_one_start(key.key) || is_kept_copy(key.key, recipe.data, now.recipe().data)) continue;
    const bool only_splits = key.key == "optimizer.accumulate" && !sees_microbatches(then, recipe);
    const bool is_other_way = is_other_way_to_data(key.key, recipe.data, now.recipe().data);
    const bool is_free = only_splits || key.is_free || is_other_way;
    const std::string text = changed(key.key, key.one, key.other);
    (is_free ? found.free : found.learning).push_back(text);
    if (is_of_measuring(key.key) && !is_other_way) found.measuring.push_back(text);
  }
  if (then.version != weft::version())
    found.free.push_back(changed("weft", then.version, std::string(weft::version())));
  // Validation images may be measured with the statistics of those to train on.
  for (const std::string& difference : data_differences(then, now.data())) {
    found.learning.push_back(difference);
    found.measuring.push_back(difference);
  }
  return found;
}

}  // namespace weft
