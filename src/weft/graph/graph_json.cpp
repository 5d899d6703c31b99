// Graphs as JSON text: inputs and states by name ("@w"), results by number ("%3"), segments by name.
#include <fmt/format.h>

#include <set>

#include "weft/base/check.h"
#include "weft/graph/attribute_json.h"
#include "weft/graph/graph_file.h"
#include "weft/graph/value_names.h"
#include "weft/store/json_text.h"

namespace weft {

namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr int64_t kMostElems = int64_t{1} << 48;  // their bytes, and sums of a few, are counted in 64 bits

// --- writing
// ------------------------------------------------------------------------------------------------

class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph), names_(graph) {}

  Json run() const {
    Json json{{"weft_graph", kVersion}};
    json["segments"] = Json::array();
    for (const SegmentId id : graph_.order()) json["segments"].push_back(segment(graph_.segment(id)));
    json["named"] = Json::array();
    for (const Value& value : graph_.values()) {
      if (value.kind != ValueKind::result) json["named"].push_back(named(value));
    }
    json["nodes"] = Json::array();
    for (const Node& node : graph_.nodes()) json["nodes"].push_back(this->node(node));
    json["updates"] = Json::array();
    for (const StateUpdate& update : graph_.updates()) {
      json["updates"].push_back({{"state", names_.of(update.state)},
                                 {"next", names_.of(update.next)},
                                 {"segment", graph_.segment(update.segment).name}});
    }
    json["outputs"] = Json::array();
    for (const GraphOutput& output : graph_.outputs()) {
      json["outputs"].push_back({{"name", output.name},
                                 {"value", names_.of(output.value)},
                                 {"segment", graph_.segment(output.segment).name}});
    }
    return json;
  }

 private:
  static Json segment(const Segment& segment) {
    return {{"name", segment.name}, {"cadence", to_string(segment.cadence)}, {"slots", segment.slots}};
  }

  static Json named(const Value& value) {
    Json json{{"name", value.name}, {"type", to_json(AttributeCodec<TensorType>::to(value.type))}};
    if (value.kind == ValueKind::input) {
      json["dimensions"] = value.dim_names;
      return json;
    }
    json["state"] = value.state_kind.name;
    json["start"] = name_of(value.initializer.kind);
    json["scale"] = value.initializer.scale;
    return json;
  }

  Json node(const Node& node) const {
    WEFT_CHECK(node.op->communication() == nullptr, "{} belongs to one rank and is no part of a graph file",
               node.op->name());
    Json json{{"op", node.op->name()},
              {"inputs", names_.of(node.inputs)},
              {"outputs", names_.of(node.outputs)},
              {"segment", graph_.segment(node.segment).name}};
    if (!node.label.empty()) json["label"] = node.label;
    for (const Attribute& attribute : node.op->attributes()) {
      json["attributes"][std::string(attribute.name)] = to_json(attribute.value);
    }
    return json;
  }

  const Graph& graph_;
  ValueNames names_;
};

// --- reading
// ------------------------------------------------------------------------------------------------

class Reader {
 public:
  Reader(const OpRegistry& ops, const GivenConstants& constants, std::string where)
      : ops_(ops), constants_(constants), where_(std::move(where)) {}

  Graph run(const Json& json) {
    if (!json.is_object() || !json.contains("weft_graph") || json["weft_graph"] != kVersion) {
      fail("is no graph of version {}: it has no \"weft_graph\": {}", kVersion, kVersion);
    }
    check_keys(json, {"weft_graph", "segments", "named", "nodes", "updates", "outputs"});
    for (const Json& entry : list(json, "segments")) add_segment(entry);
    check_order();
    GraphBuilder build(segments_.empty() ? Segment{"accumulate", Cadence::each_microbatch()} : segments_[0]);
    for (const Segment& segment : segments_) ids_[segment.name] = build.segment(segment);
    for (const Json& entry : list(json, "named")) add_named(build, entry);
    for (const Json& entry : list(json, "nodes")) add_node(build, entry);
    for (const Json& entry : list(json, "updates")) add_update(build, entry);
    for (const Json& entry : list(json, "outputs")) add_output(build, entry);
    return std::move(build).build();
  }

 private:
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    user_error("{}: {}", where_, fmt::format(format, std::forward<Args>(args)...));
  }

  /// A misspelt key would be ignored.
  void check_keys(const Json& json, std::initializer_list<std::string_view> known) const {
    if (!json.is_object()) fail("got {}, expected an object", shortened(json));
    for (const auto& [key, value] : json.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        fail("{} has the unknown key \"{}\"", shortened(json), key);
      }
    }
  }

  const Json& list(const Json& json, const char* key) const {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_array()) fail("\"{}\" must be a list", key);
    return *found;
  }

  std::string text(const Json& json, const char* key) const {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (!json.is_object() || found == json.end() || !found->is_string()) {
      fail("{} needs a text \"{}\"", shortened(json), key);
    }
    return found->get<std::string>();
  }

  static std::string shortened(const Json& json) {
    constexpr size_t kMost = 80;
    std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
    if (text.size() > kMost) text = text.substr(0, kMost) + "…";
    return text;
  }

  void add_segment(const Json& json) {
    check_keys(json, {"name", "cadence", "slots"});
    const std::string name = text(json, "name");
    const std::string cadence = text(json, "cadence");
    const std::optional<Cadence> parsed = parse_cadence(cadence);
    if (!parsed) fail("segment {}: there is no cadence \"{}\"", name, cadence);
    const auto slots = json.find("slots");
    if (slots == json.end() || !slots->is_number_integer() || slots->get<int64_t>() < 1 ||
        slots->get<int64_t>() > std::numeric_limits<int>::max()) {
      fail("segment {}: \"slots\" must be a number from 1", name);
    }
    for (const Segment& other : segments_) {
      if (other.name == name) fail("two segments are named {}", name);
    }
    segments_.push_back({name, *parsed, slots->get<int>()});
  }

  /// Segments that run each microbatch follow each other; those on call may stand anywhere.
  void check_order() const {
    int stretches = 0;
    bool in_stretch = false;
    for (const Segment& segment : segments_) {
      if (segment.cadence.kind == Cadence::Kind::on_call) continue;
      const bool each = segment.cadence.kind == Cadence::Kind::microbatch;
      stretches += each && !in_stretch ? 1 : 0;
      in_stretch = each;
    }
    if (stretches > 1) fail("segments that run each step stand between those that run each microbatch");
  }

  SegmentId segment(const Json& json) const {
    const std::string name = text(json, "segment");
    const auto found = ids_.find(name);
    if (found == ids_.end()) fail("{} names the segment {}, which there is not", shortened(json), name);
    return found->second;
  }

  TensorType type(const Json& json, const std::string& name) const {
    const auto found = json.find("type");
    if (found == json.end()) fail("{} has no type", name);
    TensorType type;
    try {
      type = AttributeCodec<TensorType>::from(attribute_from(*found));
    } catch (const UserError& error) {
      fail("the type of {}: {}", name, error.what());
    }
    int64_t elems = 1;
    for (const int64_t size : type.shape) {
      if (size < 0 || __builtin_mul_overflow(elems, std::max<int64_t>(size, 1), &elems) ||
          elems > kMostElems) {
        fail("the type of {}: got the size {}", name, size);
      }
    }
    return type;
  }

  void add_named(GraphBuilder& build, const Json& json) {
    check_keys(json, {"name", "type", "dimensions", "state", "start", "scale"});
    const std::string name = text(json, "name");
    const TensorType type = this->type(json, name);
    if (values_.contains("@" + name)) fail("two inputs or states are named {}", name);
    if (!json.contains("state")) {
      values_["@" + name] = build.input(name, type, dimensions(json, name, type.shape.size()));
      return;
    }
    Initializer start;
    const std::string kind = text(json, "start");
    const std::optional<Initializer::Kind> known = named<Initializer::Kind>(kind);
    if (!known) fail("state {}: it cannot start as \"{}\"", name, kind);
    start.kind = *known;
    if (json.contains("scale") && !json["scale"].is_number())
      fail("state {}: \"scale\" must be a number", name);
    if (json.contains("scale")) start.scale = json["scale"].get<double>();
    if (start.kind == Initializer::Kind::given) start.data = constant(name, type);
    values_["@" + name] = build.state(name, type, std::move(start), StateKind{text(json, "state")});
  }

  std::vector<std::string> dimensions(const Json& json, const std::string& name, size_t rank) const {
    std::vector<std::string> names;
    for (const Json& entry : list(json, "dimensions")) {
      if (!entry.is_string()) fail("input {}: \"dimensions\" must be {} texts", name, rank);
      names.push_back(entry.get<std::string>());
    }
    if (names.size() != rank) fail("input {}: \"dimensions\" must be {} texts", name, rank);
    return names;
  }

  ConstantPtr constant(const std::string& name, const TensorType& type) const {
    const auto found = constants_.find(name);
    if (found == constants_.end()) fail("state {} starts from given values, and there are none", name);
    if (found->second.type != type) {
      fail("state {}: {} is given, and it is {}", name, to_string(found->second.type), to_string(type));
    }
    return found->second.data;
  }

  /// What a node, update or output of `segment` reads.
  ValueId value(const GraphBuilder& build, const std::string& reference, SegmentId segment) const {
    const auto found = values_.find(reference);
    if (found == values_.end()) fail("{} is read before it is computed, or nowhere", reference);
    const Value& value = build.graph().value(found->second);
    if (value.kind == ValueKind::result && build.graph().node(value.producer).segment != segment) {
      fail("{} is read in the segment {}, where it is not computed: only states cross segments", reference,
           build.graph().segment(segment).name);
    }
    return found->second;
  }

  void add_node(GraphBuilder& build, const Json& json) {
    check_keys(json, {"op", "inputs", "outputs", "segment", "label", "attributes"});
    const std::string name = text(json, "op");
    const auto op = ops_.prototypes().find(name);
    if (op == ops_.prototypes().end()) fail("there is no op {}", name);
    AttributeValues attributes;
    if (const auto found = json.find("attributes"); found != json.end()) {
      if (!found->is_object()) fail("{}: \"attributes\" are {}, expected an object", name, shortened(*found));
      for (const auto& [key, attribute] : found->items())
        attributes.emplace(key, attribute_of(name, key, attribute));
    }
    std::vector<ValueId> inputs;
    for (const Json& entry : list(json, "inputs")) {
      if (!entry.is_string()) fail("{}: \"inputs\" must be texts", name);
      inputs.push_back(value(build, entry.get<std::string>(), segment(json)));
    }
    const auto scope = build.in(segment(json));
    const auto label = build.labelled(json.contains("label") ? text(json, "label") : "");
    const std::vector<ValueId> outputs = add(build, op->second, attributes, std::move(inputs));
    const Json& names = list(json, "outputs");
    if (names.size() != outputs.size()) fail("{} has {} outputs, not {}", name, outputs.size(), names.size());
    for (size_t o = 0; o < outputs.size(); ++o) {
      if (!names[o].is_string() || !values_.emplace(names[o].get<std::string>(), outputs[o]).second) {
        fail("{}: the output {} is no new name", name, shortened(names[o]));
      }
    }
  }

  AttributeValue attribute_of(const std::string& op, const std::string& key, const Json& json) const {
    try {
      return attribute_from(json);
    } catch (const UserError& error) {
      fail("{}: the attribute {}: {}", op, key, error.what());
    }
  }

  std::vector<ValueId> add(GraphBuilder& build, const OpPtr& prototype, const AttributeValues& attributes,
                           std::vector<ValueId> inputs) const {
    try {
      return build.add(prototype->with_attributes(attributes), std::move(inputs));
    } catch (const UserError& error) {
      user_error("{}: {}", where_, error.what());
    }
  }

  void add_update(GraphBuilder& build, const Json& json) {
    check_keys(json, {"state", "next", "segment"});
    const auto scope = build.in(segment(json));
    const ValueId state = value(build, text(json, "state"), segment(json));
    const ValueId next = value(build, text(json, "next"), segment(json));
    if (build.graph().value(state).kind != ValueKind::state || build.type(state) != build.type(next)) {
      fail("{} updates what is no state of that type", shortened(json));
    }
    if (!updated_.emplace(segment(json), state).second) {
      fail("{} is the second update of that state in its segment", shortened(json));
    }
    build.update(state, next);
  }

  void add_output(GraphBuilder& build, const Json& json) {
    check_keys(json, {"name", "value", "segment"});
    const auto scope = build.in(segment(json));
    const std::string name = text(json, "name");
    if (!outputs_.emplace(segment(json), name).second) {
      fail("{} is the second output {} of its segment", shortened(json), name);
    }
    build.output(name, value(build, text(json, "value"), segment(json)));
  }

  const OpRegistry& ops_;
  const GivenConstants& constants_;
  std::string where_;
  std::vector<Segment> segments_;
  std::map<std::string, SegmentId> ids_;
  std::map<std::string, ValueId> values_;
  std::set<std::pair<SegmentId, ValueId>> updated_;
  std::set<std::pair<SegmentId, std::string>> outputs_;
};

}  // namespace

std::string graph_json(const Graph& graph) { return Writer(graph).run().dump(1) + "\n"; }

Graph parse_graph(std::string_view json, const OpRegistry& ops, const GivenConstants& constants,
                  const std::string& where) {
  if (!is_sound_json(json)) {
    user_error("{}: this is no JSON in which each key stands once and which nests at most 64 deep", where);
  }
  return Reader(ops, constants, where).run(Json::parse(json));
}

}  // namespace weft
