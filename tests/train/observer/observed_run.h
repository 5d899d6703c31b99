#pragma once
// A run as its observers see it: each is tried alone, with the steps that a test tells it of.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "tests/recipe/needs_kinds.h"
#include "tests/train/tiny_text.h"
#include "weft/train/observer.h"

namespace weft::testing {

class ObservedRun : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
    start({});
  }

  /// A run of 5 steps in folder(), with changes of the recipe.
  void start(const std::vector<std::string>& changes) {
    run_.reset();
    session_ = std::make_unique<Session>(text_.recipe({"run.steps=5"}, changes), Communicator::world());
    options_.out = folder();
    std::filesystem::create_directories(folder());
    run_.emplace(RunView{*session_, options_, 5, {}, true});
  }
  std::filesystem::path folder() const { return text_.folder() / "run"; }

  /// What `add` registers, of the run; null where it wants none.
  std::unique_ptr<RunObserver> observer(void (*add)(ObserverRegistry&)) const {
    ObserverRegistry registry;
    add(registry);
    EXPECT_EQ(registry.entries().size(), 1U);
    return registry.entries().at(0).make(*run_);
  }

  static StepRecord record(int64_t step, double loss = 1) {
    StepRecord made;
    made.row.step = step;
    made.row.loss = loss;
    made.is_last = step == 5;
    return made;
  }
  static std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  TinyText text_;
  std::unique_ptr<Session> session_;
  TrainOptions options_;
  std::optional<RunView> run_;
};

}  // namespace weft::testing
