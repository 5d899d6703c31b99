#pragma once
#include "weft/data/load/array_form.h"
#include "weft/data/source/subset.h"
#include "weft/datasets/array_augmentation.h"
#include "weft/datasets/data_kind.h"

namespace weft {

/// Arrays of numbers in files: an input [spatial..., channel] and its target, a class id or numbers.
struct Arrays final : KindOf<Arrays, DataKind> {
  static constexpr std::string_view kName = "arrays";
  static constexpr std::string_view kMeaning =
      "arrays of numbers in HDF5, NetCDF, NumPy and safetensors files: fields in space with their targets.";
  std::string input;
  std::string target;
  ArrayChannels channels = ArrayChannels::last;
  bool log = false;
  MissingNumbers missing = MissingNumbers::fail;
  std::vector<double> mean, deviation;  ///< of each channel, or one for all; none: 0 and 1
  Bundle<ArrayAugmentation> augmentations;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("input", self.input,
        "the file's array that the network is given, [samples, ...]; empty: the first that is not `target`, "
        "where those of one number a sample come last");
    key("target", self.target,
        "the array of what it learns: class ids, or numbers; empty: the first that is not `input`, likewise");
    key("channels", self.channels, "which dimension of a sample of `input` is the channels");
    key("missing", self.missing,
        "what becomes of a sample with a number that is NaN or infinite: the run ends and names it, the "
        "sample is left out, or NaN means that the data have nothing there: 0 in inputs, not counted in "
        "targets");
    key("log", self.log, "whether log(1 + x) is taken of inputs, as of counts");
    key("mean", self.mean, "which is subtracted from inputs: of each channel, or one for all; empty: 0");
    key("deviation", self.deviation, above_zero(),
        "by which inputs are divided: of each channel, or one for all; empty: 1");
    key.bundle(self.augmentations);
  }

  InputForm form() const override { return {.ids = false, .least_axes = 0, .most_axes = 3}; }

 protected:
  TrainingData open_samples(const Recipe& recipe, const Communicator& world, int64_t ids) const override;
  void add_rules(DataFacts& facts) const override { facts.input.missing = facts.target.missing = missing; }
  Complaint check_keys(const Recipe& recipe) const override;

 private:
  std::shared_ptr<const Source> open_file(const std::filesystem::path& path, const char* split) const;
  void say_what_was_chosen(const Recipe& recipe, const Source& source, const Dims& shape,
                           std::vector<std::string>& remarks) const;
  ArrayFormOptions form_options(const Recipe& recipe, ArrayTarget learnt, bool augments) const;
};

}  // namespace weft
