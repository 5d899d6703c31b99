// Of graph/graph_file.h, graph/graph_json.cpp: graphs as files: what is read is what was written, for every
// op, and what does not fit is said in one sentence.
#include "weft/graph/graph_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/ops/case_graph.h"
#include "tests/ops/expect_error.h"
#include "weft/base/text_file.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/store/safetensors.h"

namespace weft::testing {
namespace {

TEST(GraphFile, KeepsTheGraphOfEveryCase) {
  const OpRegistry registry = all_ops();
  for_every_case(registry, 6, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    SCOPED_TRACE(name + " seed " + std::to_string(seed));
    const CaseGraph made = case_graph(op_case, dtypes_of(op_case));
    const Graph again = parse_graph(graph_json(made.graph), registry, {}, "case");
    EXPECT_EQ(graph_json(again), graph_json(made.graph));
  });
}

/// y = tanh(x + table), where the table is given; a second segment clears a state every third step.
Graph with_constants() {
  GraphBuilder build({"accumulate", Cadence::each_microbatch()});
  const ValueId x = build.input("x", {DType::f32, {2, 3}}, {"batch", "c"});
  const std::vector<float> values{0.5F, -1.25F, 3};
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  const auto data =
      std::make_shared<const std::vector<std::byte>>(bytes, bytes + values.size() * sizeof(float));
  const ValueId table = build.state("table", {DType::f32, {3}}, {Initializer::Kind::given, 0, data}, kBuffer);
  const ValueId seen =
      build.state("seen", {DType::f32, {2, 3}}, {Initializer::Kind::normal, 0.02}, kParameter);
  const auto label = build.labelled("block");
  const ValueId y = tanh(build, add(build, x, table));
  build.update(seen, y);
  build.output("y", y);
  const auto now_and_then = build.in(build.segment({"clear", Cadence::every_steps(3)}));
  build.update(seen, fill(build, {DType::f32, {2, 3}}, 0));
  return std::move(build).build();
}

class GraphFileTest : public ::testing::Test {
 protected:
  GraphFileTest() { std::filesystem::create_directories(folder_); }
  ~GraphFileTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("weft-graph-{}", getpid());
};

TEST_F(GraphFileTest, KeepsConstantsInASafetensorsFileBesideIt) {
  const Graph graph = with_constants();
  write_graph(graph, folder_ / "net.json");
  EXPECT_EQ(SafetensorsFile(folder_ / "net.constants.safetensors").entries().size(), 1U);
  const Graph again = read_graph(folder_ / "net.json", all_ops());
  EXPECT_EQ(graph_json(again), graph_json(graph));
  EXPECT_EQ(again.segments(), graph.segments());
  const auto state = [](const Graph& g, const std::string& name) -> const Value& {
    return *std::find_if(g.values().begin(), g.values().end(),
                         [&](const Value& v) { return v.name == name; });
  };
  EXPECT_EQ(*state(again, "table").initializer.data, *state(graph, "table").initializer.data);
  EXPECT_EQ(state(again, "seen").initializer.scale, 0.02);
  EXPECT_EQ(state(again, "seen").state_kind, kParameter);
}

TEST_F(GraphFileTest, MakesItsFolderAndLeavesNothingWhereItCannotBeWritten) {
  const std::filesystem::path path = folder_ / "a/b/net.json";
  write_graph(with_constants(), path);
  EXPECT_EQ(graph_json(read_graph(path, all_ops())), graph_json(with_constants()));
  std::filesystem::create_directories(folder_ / "taken.constants.safetensors");
  expect_user_error([&] { write_graph(with_constants(), folder_ / "taken.json"); },
                    "taken.constants.safetensors: this is a folder, a device or a pipe");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "taken.json"));
  expect_user_error([&] { write_graph(with_constants(), path / "net.json"); },
                    "graph " + path.string() + ": the folder cannot be made: Not a directory");
}

TEST_F(GraphFileTest, SaysWhichFileAndWhatIsWrong) {
  const OpRegistry registry = all_ops();
  const std::string json = graph_json(with_constants());
  const auto read = [&](const std::string& from, const std::string& to) {
    std::string text = json;
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    write_graph(with_constants(), folder_ / "net.json");
    std::ofstream(folder_ / "net.json") << text;
    read_graph(folder_ / "net.json", registry);
  };
  const std::string path = (folder_ / "net.json").string();
  expect_user_error([&] { read_graph(folder_ / "none.json", registry); },
                    "none.json: the graph does not exist");
  expect_user_error([&] { read("{", "["); }, path + ": this is no JSON");
  expect_user_error([&] { read("\"weft_graph\": 1", "\"weft_graph\": 2"); },
                    path + ": is no graph of version 1");
  expect_user_error([&] { read("\"weft_graph\": 1", "\"weft_graph\": \"x\""); },
                    path + ": is no graph of version 1");
  expect_user_error([&] { read_graph("/tmp", registry); }, "/tmp: the graph cannot be read: Is a directory");
  const std::filesystem::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  expect_user_error([&] { write_graph(with_constants(), pipe); },
                    pipe.string() + ": this is a folder, a device or a pipe, expected a place for a file");
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  expect_user_error([&] { read("x\"", "z\""); }, path + ": ");
  expect_user_error([&] { read("every 3 steps", "every day"); },
                    "net.json: segment clear: there is no cadence \"every day\"");
  expect_user_error([&] { read("\"start\": \"normal\"", "\"start\": \"odd\""); },
                    "net.json: state seen: it cannot start as \"odd\"");
}

TEST_F(GraphFileTest, KeepsConstantsThatArePackedBits) {
  GraphBuilder build({"accumulate", Cadence::each_microbatch()});
  const auto data =
      std::make_shared<const std::vector<std::byte>>(std::vector{std::byte{0xa5}, std::byte{0x5}});
  const TensorType type{DType::bit, {11}};
  const ValueId mask = build.state("mask", type, {Initializer::Kind::given, 0, data}, kBuffer);
  build.output("y", pointwise(build, {mask}, "1 - n0", DType::bit));
  write_graph(std::move(build).build(), folder_ / "net.json");
  const Graph again = read_graph(folder_ / "net.json", all_ops());
  const Value& read = again.value(again.nodes()[0].inputs[0]);
  EXPECT_EQ(read.type, type);
  EXPECT_EQ(*read.initializer.data, *data);
}

TEST_F(GraphFileTest, LeavesWhatLiesBesideItAlone) {
  std::ofstream(folder_ / "net.safetensors") << "somebody's weights";
  write_graph(with_constants(), folder_ / "net.json");
  read_graph(folder_ / "net.json", all_ops());
  EXPECT_EQ(read_text(folder_ / "net.safetensors", "file"), "somebody's weights");
}

TEST_F(GraphFileTest, RefusesConstantsOfAnotherType) {
  write_graph(with_constants(), folder_ / "net.json");
  const TensorType type = [&] {
    const SafetensorsFile file(folder_ / "net.constants.safetensors");
    return file.view("table").type;
  }();
  std::vector<std::byte> data(static_cast<size_t>(type.bytes()));
  TensorType turned = type;
  turned.shape.insert(turned.shape.begin(), 1);
  write_safetensors(folder_ / "net.constants.safetensors",
                    std::vector<NamedView>{{"table", {data.data(), turned}}});
  expect_user_error(
      [&] { read_graph(folder_ / "net.json", all_ops()); },
      "net.json: state table: " + to_string(turned) + " is given, and it is " + to_string(type));
}

TEST_F(GraphFileTest, RefusesDeepNestingAndKeysThatStandTwice) {
  const auto refused = [&](const std::string& text) {
    std::ofstream(folder_ / "net.json") << text;
    expect_user_error(
        [&] { read_graph(folder_ / "net.json", all_ops()); },
        "net.json: this is no JSON in which each key stands once and which nests at most 64 deep");
  };
  refused(std::string(400'000, '[') + std::string(400'000, ']'));
  refused(R"({"weft_graph": 1, "weft_graph": 1})");
}

TEST_F(GraphFileTest, RefusesWhatItWouldIgnore) {
  const std::string json = graph_json(with_constants());
  const auto table = std::make_shared<const std::vector<std::byte>>(12);
  const GivenConstants constants{{"table", {{DType::f32, {3}}, table}}};
  const auto refused = [&](const std::string& from, const std::string& to, const std::string& message) {
    std::string text = json;
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    expect_user_error([&] { parse_graph(text, all_ops(), constants, "net.json"); }, message);
  };
  refused("\"label\"", "\"labl\"", "has the unknown key \"labl\"");
  refused("\"weft_graph\"", "\"extra\": 0, \"weft_graph\"", "has the unknown key \"extra\"");
  refused("\"scale\": 0.02", "\"scale\": \"x\"", "net.json: state seen: \"scale\" must be a number");
  refused("\"batch\",", "5,", "net.json: input x: \"dimensions\" must be 2 texts");
  refused("\"outputs\": [\n  {",
          "\"outputs\": [\n  {\"name\": \"y\", \"value\": \"%1\", \"segment\": \"accumulate\"},{",
          "is the second output y of its segment");
  refused("\"updates\": [\n  {",
          "\"updates\": [\n  {\"state\": \"@seen\", \"next\": \"%1\", \"segment\": \"accumulate\"},{",
          "is the second update of that state in its segment");
  refused("\"attributes\": {", "\"attributes\": {\"more\": null,",
          "net.json: pointwise: the attribute more: got null, expected an attribute");
  auto odd = nlohmann::json::parse(json);
  odd["nodes"].push_back(
      {{"op", "add_n"}, {"inputs", {"%0"}}, {"outputs", {"%9"}}, {"segment", "accumulate"}});
  parse_graph(odd.dump(), all_ops(), constants, "net.json");
  odd["nodes"].back()["attributes"] = {5};  // of an op that has none
  expect_user_error([&] { parse_graph(odd.dump(), all_ops(), constants, "net.json"); },
                    "net.json: add_n: \"attributes\" are [5], expected an object");
}

TEST(GraphFile, SaysWhatDoesNotFitTogether) {
  using Json = nlohmann::json;
  struct Row {
    std::string message;
    std::function<void(Json&)> damage;
  };
  const Row rows[] = {
      {"net.json: is no graph of version 1: it has no \"weft_graph\": 1", [](Json& g) { g = Json::array(); }},
      {" needs a text \"name\"", [](Json& g) { g["segments"][0].erase("name"); }},
      {"net.json: segment accumulate: \"slots\" must be a number from 1",
       [](Json& g) { g["segments"][0]["slots"] = 0; }},
      {"net.json: two segments are named accumulate",
       [](Json& g) { g["segments"][1]["name"] = "accumulate"; }},
      {" names the segment other, which there is not", [](Json& g) { g["nodes"][0]["segment"] = "other"; }},
      {"net.json: x has no type", [](Json& g) { g["named"][0].erase("type"); }},
      {"net.json: the type of x: got 5, expected ", [](Json& g) { g["named"][0]["type"] = 5; }},
      {"net.json: the type of x: got the size -2", [](Json& g) { g["named"][0]["type"][1][0] = -2; }},
      {"net.json: two inputs or states are named x", [](Json& g) { g["named"][2]["name"] = "x"; }},
      {"net.json: %7 is read before it is computed, or nowhere",
       [](Json& g) { g["nodes"][0]["inputs"][0] = "%7"; }},
      {"is read in the segment clear, where it is not computed: only states cross segments",
       [](Json& g) { g["outputs"][0]["segment"] = "clear"; }},
      {"net.json: there is no op weave", [](Json& g) { g["nodes"][0]["op"] = "weave"; }},
      {"net.json: pointwise: \"inputs\" must be texts", [](Json& g) { g["nodes"][0]["inputs"][0] = 5; }},
      {"net.json: pointwise has 1 outputs, not 2", [](Json& g) { g["nodes"][0]["outputs"].push_back("%9"); }},
      {"net.json: pointwise: the output \"%0\" is no new name",
       [](Json& g) { g["nodes"][1]["outputs"][0] = "%0"; }},
      {"net.json: pointwise: ", [](Json& g) { g["nodes"][0]["inputs"].erase(1); }},
      {" updates what is no state of that type", [](Json& g) { g["updates"][0]["state"] = "@x"; }},
  };
  const Json good = Json::parse(graph_json(with_constants()));
  const GivenConstants constants{
      {"table", {{DType::f32, {3}}, std::make_shared<const std::vector<std::byte>>(12)}}};
  for (const Row& row : rows) {
    Json damaged = good;
    row.damage(damaged);
    expect_user_error([&] { parse_graph(damaged.dump(), all_ops(), constants, "net.json"); }, row.message);
  }
}

TEST_F(GraphFileTest, NeedsTheConstantsThatItNames) {
  write_graph(with_constants(), folder_ / "net.json");
  std::filesystem::remove(folder_ / "net.constants.safetensors");
  expect_user_error([&] { read_graph(folder_ / "net.json", all_ops()); },
                    "net.json: state table starts from given values, and there are none");
}

}  // namespace
}  // namespace weft::testing
