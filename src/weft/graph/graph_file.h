#pragma once
// Graphs as files: JSON for the structure, and a safetensors file beside it for the constants.
#include <filesystem>

#include "weft/graph/graph.h"
#include "weft/graph/op_registry.h"

namespace weft {

/// Writes `graph` as JSON to `path`; the data of states that start from given values go to a file of the same
/// name that ends in .constants.safetensors. The JSON is there only where its constants are
/// (store/files_together.h). Folders on the way are made. UserError naming the file that cannot be written;
/// InternalError for a graph of one rank, whose communication is no part of a file.
void write_graph(const Graph& graph, const std::filesystem::path& path);

/// Reads what write_graph writes, verified; constants are checked against their types. `ops` gives each op by
/// name. UserError of one sentence that names the file and the value, node or attribute that does not fit.
Graph read_graph(const std::filesystem::path& path, const OpRegistry& ops);

/// What a state starts from, as its file has it.
struct GivenConstant {
  TensorType type;
  ConstantPtr data;
};
using GivenConstants = std::map<std::string, GivenConstant, std::less<>>;

/// The JSON alone, and its parsing; `where` begins every error. What the text says of constants is looked up
/// in `constants` by name.
std::string graph_json(const Graph& graph);
Graph parse_graph(std::string_view json, const OpRegistry& ops, const GivenConstants& constants,
                  const std::string& where);

}  // namespace weft
