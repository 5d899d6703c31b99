#include "weft/params/best_checkpoint.h"

#include <nlohmann/json.hpp>
#include <system_error>

#include "weft/base/check.h"
#include "weft/base/replaced_file.h"
#include "weft/base/text_file.h"
#include "weft/params/checkpoint_files.h"
#include "weft/store/json_text.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

fs::path file_in(const fs::path& checkpoints) { return checkpoints / "best.json"; }

}  // namespace

std::optional<BestCheckpoint> read_best(const fs::path& checkpoints) {
  const fs::path path = file_in(checkpoints);
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  const std::string text = read_text(path, "name of the best checkpoint");
  const auto json = is_sound_json(text) ? nlohmann::json::parse(text) : nlohmann::json();
  const auto has = [&](const char* key, auto is) { return json.contains(key) && (json.at(key).*is)(); };
  if (!json.is_object() || !has("step", &nlohmann::json::is_number_integer) ||
      !has("metric", &nlohmann::json::is_string) || !has("value", &nlohmann::json::is_number)) {
    user_error(
        "{}: does not say which checkpoint is the best: expected step, metric and value; without the file "
        "none is",
        path.string());
  }
  BestCheckpoint best{json.at("step").get<int64_t>(), json.at("metric").get<std::string>(),
                      json.at("value").get<double>(), std::nullopt};
  if (has("loss", &nlohmann::json::is_number)) best.loss = json.at("loss").get<double>();
  if (!fs::exists(checkpoint_folder(checkpoints, best.step), error)) return std::nullopt;
  return best;
}

void write_best(const fs::path& checkpoints, const BestCheckpoint& best) {
  nlohmann::json json{{"step", best.step}, {"metric", best.metric}, {"value", best.value}};
  if (best.loss) json["loss"] = *best.loss;
  const std::string text = json.dump() + "\n";
  ReplacedFile file(file_in(checkpoints), "name of the best checkpoint");
  file.write(text.data(), text.size());
  file.commit();
}

}  // namespace weft
