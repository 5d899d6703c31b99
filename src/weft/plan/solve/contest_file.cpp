#include "weft/plan/solve/contest_file.h"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/json_problem.h"

namespace weft {

namespace {

/// Rows of numbers.
using Rows = std::vector<std::vector<int64_t>>;

/// Takes a file's numbers as they are read: a tree of all of them would be many times as large.
class ContestReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit ContestReader(const std::string& path) : path_(path) {}

  bool null() override { refuse("null"); }
  bool boolean(bool /*value*/) override { refuse("a boolean"); }
  bool number_integer(number_integer_t value) override { return number(value); }
  bool number_unsigned(number_unsigned_t value) override {
    return number(static_cast<int64_t>(std::min<uint64_t>(value, kNoLimit)));
  }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
    refuse("a number that is no 64-bit integer");
  }
  bool string(string_t& value) override {
    if (at() != "problem.name") refuse("a text");
    name = value;
    return true;
  }
  bool binary(binary_t& /*value*/) override { refuse("bytes"); }

  bool start_object(size_t /*elements*/) override {
    const std::string where = at();
    const bool is_known =
        where.empty() || where == "problem" || where == "problem.nodes" || where == "problem.edges";
    if (!is_known || depth_ > 0) refuse("an object");
    keys_.emplace_back();
    return true;
  }
  bool key(string_t& value) override {
    keys_.back() = value;
    return true;
  }
  bool end_object() override {
    keys_.pop_back();
    return true;
  }
  bool start_array(size_t /*elements*/) override {
    Rows* rows = rows_here();
    if (rows == nullptr || depth_ == 2) refuse("a list");
    if (++depth_ == 2) rows->emplace_back();
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    user_error("{}: no JSON ({})", path_, json_problem(error));
  }

  std::string name;
  Rows intervals, node_costs, usages, edge_nodes, edge_costs;
  int64_t limit = -1;

 private:
  std::string at() const {
    std::string where;
    for (const std::string& key : keys_) where += (where.empty() ? "" : ".") + key;
    return where;
  }
  [[noreturn]] void refuse(const char* what) const {
    user_error("{}: got {} at \"{}\", which a problem of the contest does not have there", path_, what, at());
  }
  Rows* rows_here() {
    if (depth_ > 0) return rows_;
    const std::string where = at();
    rows_ = where == "problem.nodes.intervals" ? &intervals
            : where == "problem.nodes.costs"   ? &node_costs
            : where == "problem.nodes.usages"  ? &usages
            : where == "problem.edges.nodes"   ? &edge_nodes
            : where == "problem.edges.costs"   ? &edge_costs
                                               : nullptr;
    return rows_;
  }
  bool number(int64_t value) {
    if (depth_ == 2) {
      rows_->back().push_back(value);
    } else if (depth_ == 0 && at() == "problem.usage_limit") {
      limit = value;
    } else {
      refuse("a number");
    }
    return true;
  }

  const std::string& path_;
  std::vector<std::string> keys_;  ///< of the objects around, outermost first
  size_t depth_ = 0;               ///< lists around
  Rows* rows_ = nullptr;           ///< of the list around
};

std::vector<int64_t> capped(std::vector<int64_t> costs) {
  for (int64_t& cost : costs) cost = std::min(cost, kImpossible);
  return costs;
}

void expect_pairs(const Rows& rows, const std::string& path, const char* what) {
  for (const auto& row : rows) {
    if (row.size() != 2) user_error("{}: got {} of {} numbers, expected 2", path, what, row.size());
  }
}

Problem problem_of(ContestReader& read, const std::string& path) {
  const size_t count = read.node_costs.size();
  if (read.limit < 0) user_error("{}: got no usage_limit of 0 or more, expected one", path);
  if (read.intervals.size() != count || read.usages.size() != count) {
    user_error("{}: got {} intervals, {} costs and {} usages of nodes, expected as many of each", path,
               read.intervals.size(), count, read.usages.size());
  }
  if (read.edge_nodes.size() != read.edge_costs.size()) {
    user_error("{}: got {} pairs and {} costs of edges, expected as many of each", path,
               read.edge_nodes.size(), read.edge_costs.size());
  }
  expect_pairs(read.intervals, path, "an interval");
  expect_pairs(read.edge_nodes, path, "an edge");
  Problem problem;
  problem.limit = read.limit;
  for (size_t i = 0; i < count; ++i) {
    const auto& interval = read.intervals[i];
    SolveNode& node = problem.nodes.emplace_back();
    node.costs = capped(std::move(read.node_costs[i]));
    node.lives.push_back({interval[0], interval[1], std::move(read.usages[i])});
  }
  for (size_t e = 0; e < read.edge_nodes.size(); ++e) {
    const auto& pair = read.edge_nodes[e];
    for (const int64_t end : pair) {
      if (end < 0 || end >= static_cast<int64_t>(count)) {
        user_error("{}: got an edge of node {}, expected one of the {} nodes", path, end, count);
      }
    }
    problem.edges.push_back({static_cast<int32_t>(pair[0]), static_cast<int32_t>(pair[1]),
                             capped(std::move(read.edge_costs[e]))});
  }
  return problem;
}

struct CloseGzip {
  void operator()(gzFile_s* file) const { gzclose(file); }
};

std::string unpacked(const std::filesystem::path& path, size_t most_bytes) {
  const std::unique_ptr<gzFile_s, CloseGzip> file(gzopen(path.c_str(), "rb"));
  if (!file) user_error("{}: the problem cannot be read", path.string());
  std::string text;
  std::vector<char> part(size_t{1} << 20);
  while (true) {
    const int got = gzread(file.get(), part.data(), static_cast<unsigned>(part.size()));
    int code = Z_OK;
    gzerror(file.get(), &code);
    if (got < 0 || code == Z_BUF_ERROR)
      user_error("{}: the packed problem is broken or cut short", path.string());
    if (got == 0) return text;
    text.append(part.data(), static_cast<size_t>(got));
    if (text.size() > most_bytes) {
      user_error("{}: got a problem of more than {} bytes, expected less", path.string(), most_bytes);
    }
  }
}

}  // namespace

ContestProblem parse_contest(std::string_view text, const std::string& path) {
  ContestReader reader(path);
  nlohmann::json::sax_parse(text, &reader);
  ContestProblem contest{reader.name, problem_of(reader, path)};
  expect_solvable(contest.problem, path);
  return contest;
}

ContestProblem read_contest_file(const std::filesystem::path& path, size_t most_bytes) {
  return parse_contest(unpacked(path, most_bytes), path.string());
}

}  // namespace weft
