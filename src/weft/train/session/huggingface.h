#pragma once
// Weights as Hugging Face's transformers stores them (config.json, model.safetensors).
#include <filesystem>

#include "weft/params/checkpoint_files.h"
#include "weft/train/session/session.h"

namespace weft {

/// Writes the parameters of a checkpoint to `folder` so that transformers loads them and gives the same
/// results. UserError for a model that has no counterpart there.
void export_huggingface(const Recipe& recipe, const CheckpointReader& checkpoint,
                        const std::filesystem::path& folder);

/// Fills the session's parameters from such a folder; one rank. UserError naming the first tensor that is
/// missing or of another shape than the recipe's model has.
void import_huggingface(Session& session, const std::filesystem::path& folder);

}  // namespace weft
