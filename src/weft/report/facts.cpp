#include "weft/report/facts.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/report/run_files.h"

namespace weft {

// Members by name, both ways.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OpTime, name, phase, calls, total_ms, flops, bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MemoryPoint, instruction, live_bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ByteRow, kind, predicted, counted)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TimelineEvent, lane, name, phase, start_ms, end_ms)

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
    json.at("timeline").get_to(input.timeline);
    json.at("sample").get_to(input.sample);
    json.at("notes").get_to(input.notes);
  } catch (const nlohmann::json::exception& error) {
    user_error("{}: not what `weft train` wrote ({})", path.string(), error.what());
  }
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) user_error("{}: it cannot be read, and a run's folder has it", path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

void write_report_facts(const std::filesystem::path& run, const ReportInput& input) {
  const nlohmann::json json{
      {"title", input.title},   {"subtitle", input.subtitle},       {"ops", input.ops},
      {"memory", input.memory}, {"arena_bytes", input.arena_bytes}, {"peak_op", input.peak_op},
      {"bytes", input.bytes},   {"timeline", input.timeline},       {"sample", input.sample},
      {"notes", input.notes}};
  const std::filesystem::path path = report_facts_of(run);
  std::ofstream file(path);
  // What a model wrote need not be UTF-8.
  file << json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  if (!file.flush()) user_error("{}: it cannot be written", path.string());
}

ReportInput read_report_input(const std::filesystem::path& run) {
  ReportInput input;
  input.title = run.filename().string();
  input.recipe = text_of(recipe_of(run));
  input.metrics = read_metrics(metrics_log_of(run));
  if (std::filesystem::exists(report_facts_of(run))) {
    read_facts(report_facts_of(run), input);
  } else {
    input.notes = {"The run has not ended: there are no times by op and no memory to show."};
  }
  return input;
}

}  // namespace weft
