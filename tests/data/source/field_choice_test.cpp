#include "weft/data/source/field_choice.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::message_of;
using Names = std::vector<std::string>;

Names chosen(const std::vector<FieldCandidate>& candidates, const Names& wanted,
             bool first_is_sample = true) {
  Names names;
  for (const size_t i : choose_fields("f", candidates, wanted, first_is_sample))
    names.push_back(candidates[i].name);
  return names;
}

TEST(FieldChoice, ThoseOfOneNumberASampleStandLast) {
  const std::vector<FieldCandidate> arrays{
      {"a", {4}, {}}, {"b", {4, 2}, {}}, {"c", {4}, {}}, {"d", {4, 1}, {}}};
  EXPECT_EQ(chosen(arrays, {}), (Names{"b", "a", "c", "d"}));
  EXPECT_EQ(chosen(arrays, {"c", "b"}), (Names{"c", "b"})) << "as they are named";
  EXPECT_EQ(chosen({{"n", {}, {}}, {"x", {3}, {}}}, {}, false), (Names{"x", "n"})) << "a file is a sample";
}

TEST(FieldChoice, CoordinatesAreLeftOutBesideOthersAndInOneSentence) {
  const FieldCandidate time{"time", {4}, {}, true};
  const FieldCandidate lat{"lat", {9}, "does not have the dimension 'time' first", true};
  const std::vector<FieldCandidate> all{time, lat, {"x", {4, 9}, {}}, {"n", {}, {}}, {"s", {4}, "is text"}};
  EXPECT_EQ(chosen(all, {}), Names{"x"});
  EXPECT_EQ(chosen(all, {"time"}), Names{"time"});
  EXPECT_EQ(remarks_on_choice("f", all, {}, true),
            (Names{"f: 'n' is left out: it is one number, and samples are the rows of arrays",
                   "f: 's' is left out: it is text", "f: coordinates are left out: time [4], lat [9]"}));
  EXPECT_EQ(remarks_on_choice("f", all, Names{"x"}, true), Names{});
  EXPECT_EQ(chosen({time}, {}), Names{"time"}) << "there is nothing else";
  EXPECT_EQ(remarks_on_choice("f", std::vector{time}, {}, true), Names{});
  EXPECT_EQ(message_of([&] { chosen({lat}, {}); }), "f: 'lat' does not have the dimension 'time' first");
}

}  // namespace
}  // namespace weft
