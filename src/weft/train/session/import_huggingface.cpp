// import_huggingface() of huggingface.h: nothing of a foreign checkpoint is left out without a word.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "weft/base/check.h"
#include "weft/base/text_file.h"
#include "weft/models/model.h"
#include "weft/report/progress.h"
#include "weft/store/safetensors.h"
#include "weft/tensor/finite.h"
#include "weft/tensor/with_dtype.h"
#include "weft/train/session/foreign_config.h"
#include "weft/train/session/foreign_form.h"
#include "weft/train/session/foreign_tokenizer.h"
#include "weft/train/session/huggingface.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

nlohmann::json read_config(const fs::path& folder) {
  const fs::path path = folder / "config.json";
  return parse_foreign_config(read_text(path, "config, which says what the weights are of,"), path.string());
}

fs::path weights_in(const fs::path& folder) {
  fs::path path = folder / kForeignWeights;
  if (fs::exists(path)) return path;
  for (const char* other :
       {"model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"}) {
    if (!fs::exists(folder / other)) continue;
    user_error(
        "{}: has {} and no model.safetensors; transformers writes it by "
        "model.save_pretrained(FOLDER, max_shard_size=\"100GB\")",
        folder.string(), other);
  }
  user_error("{}: has no model.safetensors", folder.string());
}

class Importer {
 public:
  Importer(Session& session, fs::path folder, Import import)
      : session_(session),
        folder_(std::move(folder)),
        is_partial_(import == Import::partial),
        form_(foreign_form(session.recipe(), [&](const std::string& ours) { return shape_of(ours); })),
        config_(read_config(folder_)),
        file_(weights_in(folder_)) {}

  void run() {
    compare_foreign_config(config_, (folder_ / "config.json").string(), form_,
                           [&](const std::string& why) { complain(why); });
    if (session_.data().tokenizer != nullptr) {
      compare_foreign_tokenizer(session_.recipe(), folder_, [&](const std::string& why) {
        if (!is_partial_) throw UserError(why);
        Progress::say("warning: " + why);
      });
    }
    for (const ForeignTensor& pair : form_.tensors) fill(pair);
    if (taken_ == 0) {
      user_error("{}: has none of the recipe's model's tensors, so nothing would be imported",
                 folder_.string());
    }
    for (const SafetensorsEntry& entry : file_.entries()) {
      if (!used_.contains(entry.name) && !is_irrelevant(entry.name))
        complain(fmt::format("{}: tensor {} is nothing that the recipe's model has", folder_.string(),
                             entry.name));
    }
  }

 private:
  Dims shape_of(const std::string& ours) const {
    const auto& named = session_.executor().program().named;
    const auto found = named.find(ours);
    return found == named.end() ? Dims{0, 0} : found->second.where.global_type.shape;
  }

  /// What does not fit: an error, or a sentence where that is wanted.
  void complain(const std::string& why) const {
    if (!is_partial_) user_error("{}; --partial would leave it out", why);
    Progress::say("left out: " + why);
  }

  bool is_irrelevant(const std::string& name) const {
    const auto ends = [&](const std::string& end) { return name.ends_with(end); };
    const auto repeats = [&](const auto& copy) { return copy.first == name && is_equal(name, copy.second); };
    return std::ranges::any_of(form_.irrelevant_tensors, ends) || std::ranges::any_of(form_.copies, repeats);
  }

  bool is_equal(const std::string& name, const std::string& theirs) const {
    const SafetensorsEntry* original = find(theirs);
    const SafetensorsEntry* copy = file_.find(name);
    if (original == nullptr || original->type != copy->type) return false;
    if (original->is_foreign() || copy->is_foreign()) return false;
    const auto bytes = static_cast<size_t>(copy->bytes());
    return std::memcmp(file_.view(original->name).data, file_.view(name).data, bytes) == 0;
  }

  /// Files that transformers wrote of the bare model lack the prefix.
  const SafetensorsEntry* find(const std::string& theirs) const {
    if (const SafetensorsEntry* entry = file_.find(theirs)) return entry;
    return file_.find(form_.bare_name(theirs));
  }

  void fill(const ForeignTensor& pair) {
    const SafetensorsEntry* entry = find(pair.theirs);
    if (pair.is_zero) {
      if (entry != nullptr && is_all_zero(*entry)) used_.insert(entry->name);
      return;
    }
    if (entry == nullptr) return complain(fmt::format("{}: no tensor {}", folder_.string(), pair.theirs));
    used_.insert(entry->name);
    if (entry->foreign.starts_with("F") && entry->type.shape == pair.shape) {
      user_error(
          "{}: tensor {} is {}, expected f32, bf16 or f64; transformers converts it by "
          "model.float().save_pretrained(FOLDER)",
          folder_.string(), entry->name, to_string(*entry));
    }
    if (entry->is_foreign() || !is_floating(entry->type.dtype) || entry->type.shape != pair.shape) {
      return complain(fmt::format("{}: tensor {} is {}, and the recipe's model needs {}", folder_.string(),
                                  entry->name, to_string(*entry),
                                  to_string(TensorType{DType::f32, pair.shape})));
    }
    const View from = file_.view(entry->name);
    if (!all_finite(from))
      user_error("{}: tensor {} has numbers that are not finite", folder_.string(), entry->name);
    const std::vector<float> values = as_f32(from, entry->name);
    session_.store().write(pair.ours, [&](const View& to) {
      if (pair.transposed) {
        transpose(values.data(), pair.shape[0], pair.shape[1], to.as<float>());
      } else {
        std::ranges::copy(values, to.as<float>());
      }
    });
    ++taken_;
  }

  /// Weights are f32 here, whatever floating numbers they were stored as: bf16 is exact, f64 is rounded.
  std::vector<float> as_f32(const View& from, const std::string& name) const {
    std::vector<float> values(static_cast<size_t>(from.elems()));
    with_floating(from.type.dtype, [&](auto element) {
      const auto* first = from.as<decltype(element)>();
      std::transform(first, first + from.elems(), values.begin(),
                     [](auto value) { return element_cast<float>(value); });
    });
    if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
      user_error("{}: tensor {} has numbers that f32 cannot hold", folder_.string(), name);
    return values;
  }

  bool is_all_zero(const SafetensorsEntry& entry) const {
    if (entry.is_foreign() || !is_floating(entry.type.dtype)) return false;
    const std::vector<float> values = as_f32(file_.view(entry.name), entry.name);
    return std::ranges::all_of(values, [](float value) { return value == 0; });
  }

  Session& session_;
  fs::path folder_;
  bool is_partial_;
  ForeignWeights form_;
  nlohmann::json config_;
  SafetensorsFile file_;
  std::set<std::string> used_;
  int64_t taken_ = 0;  ///< tensors of the model that were filled
};

}  // namespace

void import_huggingface(Session& session, const fs::path& folder, Import import) {
  Importer(session, folder, import).run();
}

}  // namespace weft
