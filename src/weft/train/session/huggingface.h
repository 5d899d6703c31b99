#pragma once
// Weights as Hugging Face's transformers stores them (config.json, model.safetensors).
#include <filesystem>

#include "weft/params/checkpoint_files.h"
#include "weft/train/session/session.h"

namespace weft {

/// The file of a folder that transformers reads the weights from.
inline constexpr const char* kForeignWeights = "model.safetensors";

/// Writes the parameters of a checkpoint to `folder` so that transformers loads them and gives the same
/// results; where the recipe's tokenizer is GPT-2's, its files go there too: whether they do is returned. All
/// files take their places once all are written, config.json last (store/files_together.h). UserError for a
/// model that has no counterpart there, and where files of another tokenizer would stay beside.
bool export_huggingface(const Recipe& recipe, const CheckpointReader& checkpoint,
                        const std::filesystem::path& folder);

/// Whether what an import cannot use is an error, or is said and left out.
enum class Import : uint8_t { whole, partial };

/// Fills the session's parameters from such a folder; one rank. Every tensor there and every field of
/// config.json is used, or known to change nothing; else it is a UserError that names the first that is
/// missing, more, of another shape or of another value than the recipe's model has. So are the
/// files of a tokenizer that is not the recipe's. A partial import says these and goes on; parameters that
/// the folder has not stay as they are.
void import_huggingface(Session& session, const std::filesystem::path& folder, Import import = Import::whole);

}  // namespace weft
