#pragma once
// How a recipe's samples are streamed: what the kinds of data have in common.
#include <filesystem>

#include "weft/comm/communicator.h"
#include "weft/data/load/streamed_batches.h"
#include "weft/data/source/open_source.h"
#include "weft/data/source/subset.h"
#include "weft/datasets/training_data.h"

namespace weft {

/// Opens the samples at a path, or in its subfolder of the second name where there is one.
using OpenSamples =
    std::function<std::shared_ptr<const Source>(const std::filesystem::path&, const char* split)>;

/// What `open` gives; where it throws a UserError that names no key of [data], `key` comes first.
std::shared_ptr<const Source> open_named(const char* key,
                                         const std::function<std::shared_ptr<const Source>()>& open);

/// The samples of a run.
struct Samples {
  std::shared_ptr<const Source> all;  ///< those at data.path
  HeldOut parts;                      ///< of these, and what is mixed in with the training samples
  std::vector<int64_t> mixed;         ///< how many of each data set that is mixed in
};

/// In their order.
std::vector<std::string> names_only_in(std::span<const std::string> own, std::span<const std::string> other);

/// A sentence where files are trained on and held out; else nothing.
std::string said_of_shared_files(std::span<const std::filesystem::path> training,
                                 std::span<const std::filesystem::path> held_out);

/// All samples of `held_out`; that it shares files with `training` is said.
HeldOut held_out_of_another(const std::shared_ptr<const Source>& training,
                            const std::shared_ptr<const Source>& held_out);

/// The samples to train on, and those that are held out: another path's, those of a folder beside `train`, or
/// a fraction of `all`. UserError where the recipe names none of these.
HeldOut hold_out_for(const Recipe& recipe, const std::shared_ptr<const Source>& all, const OpenSamples& open);

/// Adds the data sets of data.mix to the training samples.
Samples mix_in(const Recipe& recipe, const std::shared_ptr<const Source>& all, HeldOut parts,
               const OpenSamples& open);

/// Threads of this rank that decode.
int decoding_threads(const LoadingKeys& keys);

/// What training samples become, and validation samples, which are not augmented.
struct Forms {
  std::shared_ptr<const SampleForm> training;
  std::shared_ptr<const SampleForm> validation;
};

/// Puts both streams of batches into `data`. `held_out_ids`: the classes of held-out samples, where their
/// source does not know them: a part of them that is measured has all in their proportions.
void stream_batches(const Recipe& recipe, const Communicator& world, const Samples& samples,
                    const Forms& forms, TrainingData& data, std::vector<int32_t> held_out_ids = {});

}  // namespace weft
