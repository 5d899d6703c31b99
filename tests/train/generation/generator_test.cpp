// Generation with kept keys and values against the whole context computed for each token.
#include "weft/train/generation/generator.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "tests/train/all_logits.h"
#include "tests/train/tiny_text.h"
#include "weft/train/training_step.h"

namespace weft {
namespace {

constexpr int64_t kContext = 80;
constexpr size_t kIds = 256;

class GeneratorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  }
  /// A model that has learnt a little, so that no two logits are alike.
  std::unique_ptr<Session> trained(const std::vector<std::string>& overrides) const {
    auto session = std::make_unique<Session>(
        text_.recipe({"model.layers=2", "data.batch=4", fmt::format("data.context={}", kContext)}, overrides),
        Communicator::world());
    TrainingStep step(*session);
    for (int64_t i = 0; i < 3; ++i) step.run(i, 1e-2);
    return session;
  }

  testing::TinyText text_;
};

std::vector<int32_t> some_tokens(int64_t count) {
  std::vector<int32_t> tokens;
  for (int64_t i = 0; i < count; ++i) tokens.push_back(static_cast<int32_t>(i * 37 % 256));
  return tokens;
}

void expect_row(std::span<const double> got, const std::vector<double>& all, size_t row, double tolerance) {
  ASSERT_EQ(got.size(), kIds);
  for (size_t i = 0; i < kIds; ++i) {
    ASSERT_NEAR(got[i], all[row * kIds + i], tolerance) << "token " << row << " id " << i;
  }
}

TEST_F(GeneratorTest, EveryTokenHasTheLogitsOfTheWholeContext) {
  for (const char* precision : {"f32", "f64"}) {
    for (const size_t given : {1, 2, 64, 65, 79, 80}) {
      SCOPED_TRACE(fmt::format("{} {}", precision, given));
      const auto made = trained({fmt::format("run.precision={}", precision)});
      Session& session = *made;
      const std::vector<int32_t> tokens = some_tokens(kContext);
      const std::vector<double> all = testing::all_logits(session, tokens);
      const double tolerance = std::string(precision) == "f32" ? 1e-5 : 1e-12;
      Generator generator(session);
      expect_row(generator.begin(std::span(tokens).first(given)), all, given - 1, tolerance);
      for (size_t i = given; i < tokens.size(); ++i) {
        expect_row(generator.next(tokens[i]), all, i, tolerance);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST_F(GeneratorTest, AFullContextBeginsAnewWithItsLaterHalf) {
  const auto made = trained({});
  Session& session = *made;
  const std::vector<int32_t> tokens = some_tokens(kContext + 1);
  Generator generator(session);
  generator.begin(std::span(tokens).first(kContext));
  const std::span<const double> got = generator.next(tokens.back());
  std::vector<double> went_on(got.begin(), got.end());
  const auto later = std::span(tokens).last(kContext / 2 + 1);
  Generator anew(session);
  const std::span<const double> expected = anew.begin(later);
  EXPECT_EQ(went_on, std::vector<double>(expected.begin(), expected.end()));
  expect_row(
      generator.next(5),
      [&] {
        std::vector<double> rows(kIds);
        const std::span<const double> next = anew.next(5);
        std::ranges::copy(next, rows.begin());
        return rows;
      }(),
      0, 0);
}

TEST_F(GeneratorTest, TwoOfOneSessionGoOnWithASequenceEach) {
  const auto made = trained({});
  const std::vector<int32_t> forth = some_tokens(kContext);
  const std::vector<int32_t> back(forth.rbegin(), forth.rend());
  const std::vector<double> of_forth = testing::all_logits(*made, forth);
  const std::vector<double> of_back = testing::all_logits(*made, back);
  Generator one(*made);
  Generator other(*made);
  expect_row(one.begin(std::span(forth).first(5)), of_forth, 4, 1e-5);
  expect_row(other.begin(std::span(back).first(8)), of_back, 7, 1e-5);
  for (size_t i = 8; i < 40 && !HasFatalFailure(); ++i) {
    expect_row(one.next(forth[i - 3]), of_forth, i - 3, 1e-5);
    expect_row(other.next(back[i]), of_back, i, 1e-5);
  }
}

TEST_F(GeneratorTest, WhatIsTrainedOnWhileItLivesIsWhatItUses) {
  for (const char* precision : {"f32", "bf16"}) {
    const auto made = trained({fmt::format("run.precision={}", precision)});
    Generator generator(*made);
    const std::vector<int32_t> tokens = some_tokens(3);
    const std::span<const double> first = generator.begin(tokens);
    const std::vector<double> before(first.begin(), first.end());
    TrainingStep(*made).run(3, 1e-2);
    const std::span<const double> second = generator.begin(tokens);
    EXPECT_NE(before, std::vector<double>(second.begin(), second.end())) << precision;
    Generator anew(*made);
    const std::span<const double> third = anew.begin(tokens);
    EXPECT_EQ(std::vector<double>(second.begin(), second.end()),
              std::vector<double>(third.begin(), third.end()));
  }
}

}  // namespace
}  // namespace weft
