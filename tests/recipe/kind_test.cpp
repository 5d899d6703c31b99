// Kinds by registration, on a sort of this test's own.
#include "weft/recipe/kind.h"

#include <gtest/gtest.h>

#include <memory>
#include <type_traits>

#include "tests/ops/expect_error.h"
#include "weft/base/check.h"

namespace weft {
namespace {

class Shape : public Kind {
 public:
  static const KindsOf<Shape>& kinds();
  virtual double area() const = 0;
};

struct Circle final : KindOf<Circle, Shape> {
  static constexpr std::string_view kName = "circle";
  static constexpr std::string_view kMeaning = "round.";
  double radius = 1;
  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("radius", self.radius, above_zero(), "from the middle to the rim");
  }
  double area() const override { return 3 * radius * radius; }
};

struct Box final : KindOf<Box, Shape> {
  static constexpr std::string_view kName = "box";
  static constexpr std::string_view kMeaning = "with corners.";
  int64_t width = 0;
  std::string colour = "red";
  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.required("width", self.width, at_least(1), "of a side");
    key("colour", self.colour, "of the faces");
  }
  double area() const override { return static_cast<double>(width * width); }
};

const KindsOf<Shape>& Shape::kinds() {
  static const auto kKinds = KindsOf<Shape>::from([](KindsOf<Shape>& kinds) {
    kinds.add<Box>();
    kinds.add<Circle>();
  });
  return kKinds;
}

TEST(Kinds, AreFoundByName) {
  EXPECT_EQ(Shape::kinds().list().size(), 2U);
  EXPECT_EQ(Shape::kinds().find("circle")->meaning(), "round.");
  EXPECT_EQ(Shape::kinds().find("cone"), nullptr);
}

TEST(Kinds, OfOneNameAreRefused) {
  KindsOf<Shape> kinds;
  kinds.add<Box>();
  testing::expect_internal_error([&] { kinds.add<Box>(); }, "two kinds are called box");
}

TEST(Kinds, SayTheirKeysWithDefaultsAndWhatIsExpected) {
  const std::vector<KeyInfo> keys = Box().keys();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].name, "width");
  EXPECT_EQ(keys[0].expected, "an integer from 1 to 10^9");
  EXPECT_TRUE(keys[0].is_required);
  EXPECT_FALSE(keys[0].is_text);
  EXPECT_TRUE(keys[1].is_text);
  EXPECT_EQ(toml_text(keys[1].initial), "\"red\"");
}

TEST(Kinds, GiveACopyWithAnotherValueWhereItFits) {
  const Circle circle;
  const Kind::Changed changed = circle.with("radius", {2.0});
  ASSERT_NE(changed.kind, nullptr);
  EXPECT_EQ(static_cast<const Shape&>(*changed.kind).area(), 12);
  EXPECT_EQ(circle.radius, 1) << "the first stays";
  EXPECT_EQ(circle.with("radius", {-2.0}).kind, nullptr);
  EXPECT_EQ(circle.with("radius", {std::string("wide")}).kind, nullptr);
}

TEST(Kinds, AreEqualWhereNameAndValuesAre) {
  const Circle circle;
  const Kind::Changed wider = circle.with("radius", {2.0});
  EXPECT_TRUE(equal(&circle, Shape::kinds().find("circle").get()));
  EXPECT_FALSE(equal(&circle, wider.kind.get()));
  EXPECT_FALSE(equal(&circle, Shape::kinds().find("box").get()));
  EXPECT_FALSE(equal(&circle, nullptr));
  EXPECT_TRUE(equal(nullptr, nullptr));
}

TEST(Kinds, AKeyThatThereIsNotIsABug) {
  EXPECT_TRUE(Circle().has("radius"));
  EXPECT_FALSE(Circle().has("width"));
  testing::expect_internal_error([] { Circle().get("width"); }, "circle has no key width");
}

class Colour : public Kind {};

template <class C, class K>
concept Holds = requires(C choice, std::shared_ptr<const K> kind) {
  choice.hold(kind);
};

// A choice of one sort holds no kind of another, nor one whose sort is not known.
static_assert(Holds<Choice<Shape>, Shape> && Holds<Choice<Shape>, Circle>);
static_assert(!Holds<Choice<Shape>, Colour> && !Holds<Choice<Shape>, Kind> && !Holds<AnyChoice, Circle>);
static_assert(!std::is_default_constructible_v<AnyChoice>);

TEST(Choices, TakeAnotherValueOfAKeyOfWhatTheyHold) {
  Choice<Shape> choice;
  choice.hold(Shape::kinds().find("circle"));
  EXPECT_TRUE(choice.set("radius", {2.0}));
  EXPECT_EQ(choice->area(), 12);
  EXPECT_FALSE(choice.set("radius", {-2.0}));
  EXPECT_EQ(choice->area(), 12);
}

TEST(Kinds, SayTheNamesOfThoseThatFit) {
  EXPECT_EQ(Shape::kinds().names(), (std::vector<std::string_view>{"box", "circle"}));
  const auto large = Shape::kinds().names_where([](const Shape& shape) { return shape.area() > 1; });
  EXPECT_EQ(large, (std::vector<std::string_view>{"circle"}));
}

TEST(Choices, HoldWhatWasChosen) {
  Choice<Shape> choice;
  EXPECT_FALSE(choice);
  choice.hold(Shape::kinds().find("circle"));
  EXPECT_TRUE(choice);
  EXPECT_EQ(choice->area(), 3);
  Choice<Shape> other = choice;
  EXPECT_TRUE(choice == other);
  EXPECT_TRUE(other.set("radius", {2.0}));
  EXPECT_FALSE(choice == other);
  EXPECT_EQ(choice->area(), 3) << "copies share a kind, which never changes";
}

TEST(Bundles, HaveTheKeysOfAllTheirKinds) {
  Bundle<Shape> bundle;
  EXPECT_EQ(bundle.list().size(), 2U);
  EXPECT_TRUE(bundle.set("radius", {3.0}).value().fits);
  EXPECT_FALSE(bundle.set("width", {0.5}).value().fits);
  EXPECT_FALSE(bundle.set("height", {0.5}).has_value()) << "nobody's key";
  EXPECT_EQ(toml_text(bundle.list()[1]->get("radius")), "3.0");
  EXPECT_EQ(toml_text(Shape::kinds().find("circle")->get("radius")), "1.0") << "the registered one stays";
}

}  // namespace
}  // namespace weft
