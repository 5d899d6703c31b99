// Of graph/graph_file.h: a graph file that somebody, or a disk, has changed: it is read, or refused with a
// UserError; nothing else happens.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/ops/case_graph.h"
#include "weft/graph/graph_file.h"

namespace weft::testing {
namespace {

using Json = nlohmann::json;

/// Changes one thing of a JSON tree, drawn at random.
class Mutation {
 public:
  explicit Mutation(CaseRandom& random) : random_(random) {}

  void apply(Json& root) {
    std::vector<Json*> places;
    collect(root, places);
    change(*places[static_cast<size_t>(random_.between(0, std::ssize(places) - 1))], places);
  }

 private:
  static void collect(Json& json, std::vector<Json*>& places) {
    places.push_back(&json);
    if (json.is_structured()) {
      for (Json& child : json) collect(child, places);
    }
  }

  void change(Json& json, const std::vector<Json*>& places) {
    if (json.is_number()) {
      static constexpr int64_t kOdd[] = {-1,
                                         0,
                                         1,
                                         2,
                                         3,
                                         7,
                                         64,
                                         int64_t{1} << 40,
                                         std::numeric_limits<int64_t>::max(),
                                         std::numeric_limits<int64_t>::min()};
      json = kOdd[random_.between(0, std::ssize(kOdd) - 1)];
    } else if (json.is_array() && !json.empty() && random_.coin()) {
      json.erase(static_cast<size_t>(random_.between(0, std::ssize(json) - 1)));
    } else if (json.is_array()) {
      const Json again =
          json.empty() ? Json(1) : json[static_cast<size_t>(random_.between(0, std::ssize(json) - 1))];
      json.push_back(again);
    } else {
      // Something of another place, of the same kind if there is one near.
      Json other = *places[static_cast<size_t>(random_.between(0, std::ssize(places) - 1))];
      for (int tries = 0; tries < 8 && other.type() != json.type(); ++tries) {
        other = *places[static_cast<size_t>(random_.between(0, std::ssize(places) - 1))];
      }
      json = other;
    }
  }

  CaseRandom& random_;
};

TEST(GraphFile, ThatWasChangedIsReadOrRefused) {
  constexpr int kChanges = 100;
  const OpRegistry registry = all_ops();
  int64_t read = 0;
  int64_t refused = 0;
  for_every_case(registry, 4, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    const CaseGraph made = case_graph(op_case, dtypes_of(op_case));
    const Json original = Json::parse(graph_json(made.graph));
    CaseRandom random(seed * 31 + name.size());
    for (int i = 0; i < kChanges; ++i) {
      Json changed = original;
      Mutation mutation(random);
      for (int64_t n = random.between(1, 3); n > 0; --n) mutation.apply(changed);
      const std::string text = changed.dump();
      SCOPED_TRACE(name + ": " + text);
      try {
        parse_graph(text, registry, {}, "changed.json");
        ++read;
      } catch (const UserError&) {
        ++refused;
      }
    }
  });
  EXPECT_GT(read, 100);
  EXPECT_GT(refused, read);
}

}  // namespace
}  // namespace weft::testing
