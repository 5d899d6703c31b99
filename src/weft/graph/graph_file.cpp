#include "weft/graph/graph_file.h"

#include "weft/base/text_file.h"
#include "weft/store/files_together.h"
#include "weft/store/safetensors.h"

namespace weft {

namespace {

/// A suffix of its own: weights of another program may lie beside.
std::filesystem::path constants_of(std::filesystem::path path) {
  return path.replace_extension(".constants.safetensors");
}

std::vector<NamedView> given_states(const Graph& graph) {
  std::vector<NamedView> views;
  for (const Value& value : graph.values()) {
    if (value.initializer.kind != Initializer::Kind::given) continue;
    // The writer only reads.
    views.push_back({value.name, {const_cast<std::byte*>(value.initializer.data->data()), value.type}});
  }
  return views;
}

GivenConstants read_constants(const std::filesystem::path& path) {
  GivenConstants constants;
  if (!std::filesystem::exists(path)) return constants;
  const SafetensorsFile file(path);
  for (const SafetensorsEntry& entry : file.entries()) {
    const View view = file.view(entry.name);
    auto data = std::make_shared<const std::vector<std::byte>>(view.data, view.data + view.bytes());
    constants.emplace(entry.name, GivenConstant{view.type, std::move(data)});
  }
  return constants;
}

}  // namespace

void write_graph(const Graph& graph, const std::filesystem::path& path) {
  const std::string json = graph_json(graph);
  const std::vector<NamedView> constants = given_states(graph);
  FilesTogether files(path.has_parent_path() ? path.parent_path() : ".", "graph");
  if (!constants.empty()) write_safetensors(files.add(constants_of(path).filename().string()), constants, {});
  files.add(path.filename().string()).append(std::string_view(json));
  files.commit();
}

Graph read_graph(const std::filesystem::path& path, const OpRegistry& ops) {
  const std::string text = read_text(path, "graph");
  return parse_graph(text, ops, read_constants(constants_of(path)), path.string());
}

}  // namespace weft
