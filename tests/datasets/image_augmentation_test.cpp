// What must hold for every augmentation of images that is registered.
#include "weft/datasets/image_augmentation.h"

#include <gtest/gtest.h>

#include "tests/datasets/augmented.h"

namespace weft::testing {
namespace {

/// The augmentation with every key at another value than its default.
std::shared_ptr<const ImageAugmentation> switched_on(std::shared_ptr<const ImageAugmentation> augmentation) {
  const std::vector<RecipeValue> values{
      {true}, {30.0}, {0.3}, {int64_t{5}}, {RecipeValue::List{{0.25}, {0.75}}}};
  for (const KeyInfo& key : augmentation->keys()) {
    for (const RecipeValue& value : values) {
      const Kind::Changed changed = augmentation->with(key.name, value);
      if (!changed.kind) continue;
      augmentation = std::static_pointer_cast<const ImageAugmentation>(changed.kind);
      break;
    }
  }
  return augmentation;
}

TEST(EveryImageAugmentation, IsOffByDefault) {
  for (const auto& augmentation : ImageAugmentation::kinds().list()) {
    ImageTransform transform = plain_transform();
    augmentation->add_to(transform);
    for (int64_t sample = 0; sample < 5; ++sample) {
      EXPECT_EQ(augmented(transform, sample), augmented(plain_transform(), sample)) << augmentation->name();
    }
    EXPECT_EQ(augmentation->mixing(), nullptr) << augmentation->name();
  }
}

TEST(EveryImageAugmentation, ChangesImagesAtRandomOrMixesBatches) {
  for (const auto& kind : ImageAugmentation::kinds().list()) {
    const auto augmentation = switched_on(kind);
    ImageTransform transform = plain_transform();
    augmentation->add_to(transform);
    int64_t changed = 0;
    int64_t alike = 0;
    for (int64_t sample = 0; sample < 20; ++sample) {
      changed += augmented(transform, sample) != augmented(plain_transform(), sample) ? 1 : 0;
      alike += augmented(transform, sample) == augmented(transform, sample + 100) ? 1 : 0;
      EXPECT_EQ(augmented(transform, sample), augmented(transform, sample)) << "a function of the sample";
    }
    const bool mixes = augmentation->mixing() != nullptr;
    EXPECT_TRUE(mixes || changed > 10) << augmentation->name();
    EXPECT_TRUE(mixes || alike < 10) << augmentation->name();
  }
}

/// Mixes batches too.
struct Blend final : KindOf<Blend, ImageAugmentation>, BatchMixing {
  static constexpr std::string_view kName = "blend";
  static constexpr std::string_view kMeaning = "mixes as well.";
  bool on = false;
  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("blended", self.on, "whether it does");
  }
  const BatchMixing* mixing() const override { return on ? this : nullptr; }
  ValueId input(GraphBuilder& /*build*/, ValueId samples, DType /*scalars*/) const override {
    return samples;
  }
  ValueId loss(GraphBuilder& /*build*/, ValueId predictions, const LossOf& loss,
               DType /*scalars*/) const override {
    return loss(predictions);
  }
  std::vector<std::pair<std::string, double>> scalars(uint64_t /*seed*/, int64_t /*number*/) const override {
    return {};
  }
};

TEST(ImageAugmentations, OneAloneMixesABatch) {
  const auto off = std::make_shared<const Blend>();
  const auto on = switched_on(off);
  EXPECT_EQ(mixing_of({off, off}), nullptr);
  EXPECT_EQ(mixing_of({off, on}), on->mixing());
  EXPECT_FALSE(one_mixing({off, off}) || one_mixing({on, off}) || one_mixing({off, on}));
  const Complaint complaint = one_mixing({on, off, on});
  ASSERT_TRUE(complaint);
  EXPECT_EQ(complaint->key, "data.blended");
  EXPECT_EQ(complaint->message,
            "blend and blend both mix a whole batch, and a step does one of them; leave one out");
  for (const auto& kind : ImageAugmentation::kinds().list()) {
    const auto other = switched_on(kind);
    EXPECT_EQ(one_mixing({other, on}).has_value(), other->mixing() != nullptr) << kind->name();
  }
}

TEST(EveryImageAugmentation, GivesPartsOfTheWholeImage) {
  for (const auto& kind : ImageAugmentation::kinds().list()) {
    ImageTransform transform = plain_transform();
    switched_on(kind)->add_to(transform);
    for (int64_t sample = 0; sample < 20; ++sample) {
      const std::vector<float> whole = augmented(transform, sample);
      const Region part{{{sample % 7, 12 + sample % 5}, {3, 17}, {0, 3}}};
      EXPECT_EQ(augmented(transform, sample, part), part_of(whole, part)) << kind->name() << " " << sample;
    }
  }
}

}  // namespace
}  // namespace weft::testing
