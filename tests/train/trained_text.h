#pragma once
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/recipe/needs_kinds.h"
#include "tests/train/tiny_text.h"
#include "weft/train/trainer.h"

namespace weft::testing {

/// Runs on a tiny text, of twelve steps with a checkpoint every five, in a folder of the test's own.
class TrainedText : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("checkpoints", "gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant",
                "bytes");
  }
  Recipe recipe(const std::vector<std::string>& changes = {}) const {
    return text_.recipe({"model.dropout=0.1", "optimizer.clip=1.0", "checkpoint.every=5"}, changes);
  }
  std::vector<double> losses(const std::string& run) const { return losses_of(folder_ / run); }

  TrainResult run(const Recipe& recipe, const std::string& name) const {
    Session session(recipe, Communicator::world());
    return train(session, {.out = folder_ / name, .trace = {}});
  }

  TinyText text_;
  std::filesystem::path folder_ = text_.folder();
};

}  // namespace weft::testing
