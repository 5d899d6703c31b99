#include "weft/report/metrics_log.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "weft/base/check.h"
#include "weft/base/json_problem.h"
#include "weft/base/replaced_file.h"
#include "weft/base/text_file.h"
#include "weft/report/json_number.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

double number_from(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

int64_t integer_from(const Json& json) {
  if (!json.is_number_integer() || !fits_an_integer(json))
    throw Json::type_error::create(302, "expected an integer", &json);
  return json.get<int64_t>();
}

Json to_json(const MetricsRow& row) {
  Json json = {{"step", row.step}, {"loss", number(row.loss)}};
  if (row.validation_loss) json["validation_loss"] = number(*row.validation_loss);
  json["learning_rate"] = number(row.learning_rate);
  json["step_ms"] = number(row.step_ms);
  json["samples_per_s"] = number(row.samples_per_s);
  if (row.tokens) json["tokens"] = *row.tokens;
  if (row.time) json["time"] = number(*row.time);
  if (!row.bytes.empty()) json["bytes"] = Json::object();
  for (const auto& [name, bytes] : row.bytes) json["bytes"][name] = bytes;
  for (const auto& [name, value] : row.more) {
    WEFT_CHECK(!json.contains(name), "metrics field '{}' is taken", name);
    json[name] = number(value);
  }
  return json;
}

/// Throws Json::exception where a field is missing or of another kind.
MetricsRow row_from(const Json& json) {
  MetricsRow row;
  row.step = integer_from(json.at("step"));
  row.loss = number_from(json.at("loss"));
  for (const auto& [name, value] : json.items()) {
    if (name == "step" || name == "loss") continue;
    if (name == "validation_loss") {
      row.validation_loss = number_from(value);
    } else if (name == "learning_rate") {
      row.learning_rate = number_from(value);
    } else if (name == "step_ms") {
      row.step_ms = number_from(value);
    } else if (name == "samples_per_s") {
      row.samples_per_s = number_from(value);
    } else if (name == "tokens") {
      row.tokens = integer_from(value);
    } else if (name == "time") {
      row.time = number_from(value);
    } else if (name == "bytes") {
      for (const auto& [kind, bytes] : value.items()) row.bytes.emplace_back(kind, integer_from(bytes));
    } else if (value.is_number() || value.is_null()) {
      row.more.emplace_back(name, number_from(value));
    }
  }
  return row;
}

constexpr std::string_view kWhat = "log of metrics";

/// Whole lines only: without what follows the last newline.
std::string_view whole_lines(std::string_view text) { return text.substr(0, text.rfind('\n') + 1); }

void cut(const fs::path& path, size_t bytes) {
  std::error_code error;
  fs::resize_file(path, bytes, error);
  if (error) user_error("{}: cannot be cut to {} bytes: {}", path.string(), bytes, error.message());
}

/// Lines that are no rows.
struct Damage {
  int64_t lines = 0;
  std::string first;  ///< what is wrong with the first of them, and where
};

/// Calls visit(row, end of its line).
template <class Visit>
Damage visit_rows(std::string_view lines, const std::string& name, const Visit& visit) {
  Damage damage;
  int64_t line = 0;
  for (size_t at = 0; at < lines.size();) {
    const size_t end = lines.find('\n', at);
    ++line;
    try {
      visit(row_from(Json::parse(lines.substr(at, end - at))), end + 1);
    } catch (const Json::exception& error) {
      if (damage.lines++ == 0) {
        damage.first = fmt::format("{}:{}: is no row of metrics: {}", name, line, json_problem(error));
      }
    }
    at = end + 1;
  }
  return damage;
}

}  // namespace

MetricsLog::MetricsLog(const fs::path& path) : path_(path) {
  if (fs::is_regular_file(path)) {
    const std::string text = read_text(path, kWhat);
    const size_t whole = whole_lines(text).size();
    if (whole != text.size()) cut(path, whole);
  }
  out_.open(path, std::ios::binary | std::ios::app);
  if (!out_) user_error("{}: cannot be opened for writing metrics", path.string());
}

void MetricsLog::write(const MetricsRow& row) {
  // What is written into a file without a name is lost.
  std::error_code error;
  if (!fs::exists(path_, error) && !error) {
    user_error("{}: was removed while the run goes on", path_.string());
  }
  errno = 0;
  out_ << to_json(row).dump() + "\n" << std::flush;
  if (!out_) {
    user_error("{}: the metrics of step {} cannot be written: {}", path_.string(), row.step,
               std::strerror(errno));
  }
}

int64_t truncate_after(const fs::path& path, int64_t step) {
  if (!fs::exists(path)) return 0;
  const std::string text = read_text(path, kWhat);
  const std::string_view lines = whole_lines(text);
  std::string kept;
  int64_t rows = 0;
  int64_t last = 0;
  size_t begin = 0;  // of what was not decided on yet: this row, and lines before it that are none
  const Damage damage = visit_rows(lines, path.string(), [&](const MetricsRow& row, size_t end) {
    ++rows;
    if (row.step <= step) {
      kept += lines.substr(begin, end - begin);
      last = std::max(last, row.step);
    }
    begin = end;
  });
  if (damage.lines > rows) throw UserError(damage.first);
  if (kept == text) return last;
  if (text.starts_with(kept)) {
    cut(path, kept.size());
    return last;
  }
  ReplacedFile file(path, std::string(kWhat));
  file.write(kept.data(), kept.size());
  file.commit();
  return last;
}

std::vector<MetricsRow> metrics_from(std::string_view text, const std::string& name, std::string* left_out) {
  std::vector<MetricsRow> rows;
  const Damage damage =
      visit_rows(whole_lines(text), name, [&](MetricsRow row, size_t) { rows.push_back(std::move(row)); });
  if (damage.lines > std::ssize(rows)) throw UserError(damage.first);
  if (damage.lines > 0 && left_out != nullptr) {
    *left_out = fmt::format("{} of {} lines of the log of metrics are left out: {}", damage.lines,
                            damage.lines + std::ssize(rows), damage.first);
  }
  return rows;
}

std::vector<MetricsRow> read_metrics(const fs::path& path, std::string* left_out) {
  return metrics_from(read_text(path, kWhat), path.string(), left_out);
}

}  // namespace weft
