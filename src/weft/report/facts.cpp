#include "weft/report/facts.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/text_file.h"
#include "weft/report/run_files.h"

namespace weft {

// Members by name, both ways.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OpTime, name, phase, calls, total_ms, flops, bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MemoryPoint, instruction, live_bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ByteRow, kind, predicted, counted)

namespace {

void read_facts(const std::filesystem::path& path, ReportInput& input) {
  std::ifstream file(path);
  try {
    const nlohmann::json json = nlohmann::json::parse(file);
    json.at("title").get_to(input.title);
    json.at("subtitle").get_to(input.subtitle);
    json.at("ops").get_to(input.ops);
    json.at("memory").get_to(input.memory);
    json.at("arena_bytes").get_to(input.arena_bytes);
    json.at("peak_op").get_to(input.peak_op);
    json.at("bytes").get_to(input.bytes);
    json.at("sample").get_to(input.sample);
    json.at("notes").get_to(input.notes);
  } catch (const nlohmann::json::exception& error) {
    user_error("{}: not what `weft train` wrote ({})", path.string(), error.what());
  }
}

}  // namespace

void write_report_facts(const std::filesystem::path& run, const ReportInput& input) {
  const nlohmann::json json{
      {"title", input.title},   {"subtitle", input.subtitle},       {"ops", input.ops},
      {"memory", input.memory}, {"arena_bytes", input.arena_bytes}, {"peak_op", input.peak_op},
      {"bytes", input.bytes},   {"sample", input.sample},           {"notes", input.notes}};
  const std::filesystem::path path = report_facts_of(run);
  std::ofstream file(path);
  // What a model wrote need not be UTF-8.
  file << json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  if (!file.flush()) user_error("{}: it cannot be written", path.string());
}

ReportInput read_report_input(const std::filesystem::path& run) {
  ReportInput input;
  input.title = run.filename().string();
  input.recipe = read_text(recipe_of(run), "recipe of the run");
  if (std::filesystem::exists(report_facts_of(run))) {
    read_facts(report_facts_of(run), input);
  } else {
    input.notes = {"The run has not ended: there are no times by op and no memory to show."};
  }
  if (std::filesystem::exists(metrics_log_of(run))) {
    input.metrics = read_metrics(metrics_log_of(run));
  } else {
    input.notes.push_back(
        fmt::format("There is no {}: there are no curves to show.", metrics_log_of(run).filename().string()));
  }
  return input;
}

}  // namespace weft
