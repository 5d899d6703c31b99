// Of ops/, graph/schema.h: every op has a schema that says what it is, and from which it can be made anew.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/ops/case_graph.h"
#include "weft/graph/op_reference.h"

namespace weft::testing {
namespace {

TEST(EveryOp, IsMadeAnewFromItsAttributes) {
  const OpRegistry registry = all_ops();
  for_every_case(registry, 12, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    SCOPED_TRACE(name + " seed " + std::to_string(seed));
    const CaseGraph made = case_graph(op_case, dtypes_of(op_case));
    for (const Node& node : made.graph.nodes()) {
      AttributeValues values;
      for (const Attribute& a : node.op->attributes()) values.emplace(a.name, a.value);
      const auto found = registry.prototypes().find(node.op->name());
      ASSERT_NE(found, registry.prototypes().end()) << node.op->name();
      const OpPtr again = found->second->with_attributes(values);
      EXPECT_TRUE(equal(*node.op, *again)) << attribute_text(*node.op);
      EXPECT_EQ(hash_of(*node.op), hash_of(*again));
      EXPECT_EQ(again->infer(made.graph.input_types(node)), made.graph.output_types(node));
      EXPECT_EQ(flops_of(*again, made.graph.input_types(node), made.graph.output_types(node)),
                flops_of(*node.op, made.graph.input_types(node), made.graph.output_types(node)));
    }
  });
}

TEST(EveryOp, SaysWhatItAndItsAttributesMean) {
  const OpRegistry registry = all_ops();
  for (const auto& [name, prototype] : registry.prototypes()) {
    EXPECT_TRUE(prototype->meaning().ends_with(".")) << name;
    for (const Attribute& attribute : prototype->attributes()) {
      EXPECT_FALSE(attribute.meaning.empty()) << name << " " << attribute.name;
    }
  }
}

TEST(EveryOp, IsInTheReference) {
  DeviceRegistry devices;
  register_all_devices(devices);
  std::ifstream file(std::string(WEFT_SOURCE_DIR) + "/docs/ops.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), op_reference(all_ops(), devices))
      << "docs/ops.md is out of date: build/weft inspect --ops > docs/ops.md";
}

}  // namespace
}  // namespace weft::testing
