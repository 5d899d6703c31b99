// Where the time of a run went: by rank, by kind of operation, by operation.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "weft/report/sections.h"
#include "weft/report/text.h"

namespace weft {
namespace {

constexpr size_t kShown = 16;

/// The same style for a phase in every report; what is not named here shares the last.
int style_of_phase(const std::string& phase) {
  constexpr std::array<std::string_view, 5> kPhases = {"forward and backward", "evaluate", "update",
                                                       "communication", "packing of weights"};
  return static_cast<int>(std::ranges::find(kPhases, phase) - kPhases.begin()) + 1;
}

std::string legend_of(const std::map<int, std::string>& keys) {
  std::string html = "<p class=\"legend\">";
  for (const auto& [style, meaning] : keys) html += bar_key(style, meaning);
  return html + "</p>";
}

std::string more(size_t count, const std::string& body) {
  if (count == 0) return "";
  return fmt::format("<details><summary>{} more</summary>{}</details>", count, body);
}

std::string percent_of(double part, double whole) {
  return whole > 0 ? fmt::format("{:.0f}%", 100 * part / whole) : "–";
}

/// "contraction · 12.3 GF/s · 45.6 GB/s · 4.1 flop/byte · 80% of the ceiling · MUE 31%"; what is unknown is
/// left out.
std::string rates_of(const OpTime& op) {
  std::vector<std::string> parts;
  const auto flops = static_cast<double>(op.flops);
  const auto bytes = static_cast<double>(op.bytes);
  if (!op.work.empty()) parts.push_back(op.work);
  if (op.total_ms > 0) {
    if (op.flops > 0) parts.push_back(human_number(flops / (op.total_ms * 1e6)) + " GF/s");
    if (op.bytes > 0) parts.push_back(human_number(bytes / (op.total_ms * 1e6)) + " GB/s");
    if (op.flops > 0 && op.bytes > 0) parts.push_back(human_number(flops / bytes) + " flop/byte");
    if (op.ceiling_ms > 0) parts.push_back(percent_of(op.ceiling_ms, op.total_ms) + " of the ceiling");
    if (op.least_ms > 0) parts.push_back("MUE " + percent_of(op.least_ms, op.total_ms));
  }
  return fmt::format("{}", fmt::join(parts, " · "));
}

std::string op_bar(const OpTime& op, double share, double share_of_longest) {
  return fmt::format(
      "<div class=\"op\"><span class=\"name\">{}<small>×{}</small></span><span class=\"rate\">{}</span>"
      "<span class=\"ms\">{}</span><span class=\"share\">{:.1f}%</span>"
      "<span class=\"track\">{}</span></div>\n",
      escape_html(op.name), human_count(static_cast<double>(op.calls)), escape_html(rates_of(op)),
      human_ms(op.total_ms), share * 100, bar_html(style_of_phase(op.phase), share_of_longest * 100));
}

double total_ms(const std::vector<OpTime>& ops) {
  return std::accumulate(ops.begin(), ops.end(), 0.0,
                         [](double sum, const OpTime& op) { return sum + op.total_ms; });
}

/// What a rank's time is split into.
struct Share {
  int style;
  const char* name;
  double (*ms)(const RankTime& rank);
};

double rest_of(const RankTime& rank) {
  return std::max(0.0, rank.wall_ms - rank.compute_ms - rank.communication_ms - rank.waiting_ms -
                           rank.loading_ms - rank.keeping_ms);
}

constexpr std::array kShares = {
    Share{1, "compute", [](const RankTime& rank) { return rank.compute_ms; }},
    Share{4, "communication", [](const RankTime& rank) { return rank.communication_ms; }},
    Share{2, "waiting for other ranks", [](const RankTime& rank) { return rank.waiting_ms; }},
    Share{3, "loading data", [](const RankTime& rank) { return rank.loading_ms; }},
    Share{5, "checkpoints", [](const RankTime& rank) { return rank.keeping_ms; }},
    Share{6, "other", rest_of},
};

std::string rank_row(const RankTime& rank, size_t number, double longest) {
  std::string bars;
  std::string cells;
  for (const Share& share : kShares) {
    const double ms = share.ms(rank);
    bars += bar_html(share.style, 100 * ms / longest);
    cells +=
        fmt::format("<td><span class=\"of\">{}</span>{}<small>{:.1f}%</small></td>",
                    bar_key(share.style, share.name), human_ms(ms), 100 * ms / std::max(rank.wall_ms, 1e-9));
  }
  return fmt::format("<tr><th>rank {}<small>{}</small><span class=\"track\">{}</span></th>{}</tr>\n", number,
                     escape_html(rank.host), bars, cells);
}

std::string rank_table(const std::vector<RankTime>& ranks, size_t first, size_t last, double longest) {
  std::string html = "<table class=\"ranks\"><thead><tr><th></th>";
  for (const Share& share : kShares) html += "<td>" + bar_key(share.style, share.name) + "</td>";
  html += "</tr></thead><tbody>\n";
  for (size_t i = first; i < last; ++i) html += rank_row(ranks[i], i, longest);
  return html + "</tbody></table>";
}

std::string imbalance_of(const std::vector<RankTime>& ranks) {
  double compute = 0;
  double waiting = 0;
  double wall = 0;
  for (const RankTime& rank : ranks) {
    compute += rank.compute_ms;
    waiting += rank.waiting_ms;
    wall += rank.wall_ms;
  }
  const auto slowest = std::ranges::max_element(ranks, {}, &RankTime::compute_ms);
  const double mean = compute / static_cast<double>(ranks.size());
  return fmt::format(
      " Rank {} computes longest, {:.1f}% longer than the mean; ranks wait for others at least {:.1f}% of "
      "their time: as long as they spend with a communication beyond the rank that spends least.",
      slowest - ranks.begin(), 100 * (slowest->compute_ms / std::max(mean, 1e-9) - 1),
      100 * waiting / std::max(wall, 1e-9));
}

std::string words(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string ratio_text(double measured, double predicted) {
  return predicted > 0 ? fmt::format("{:.2g}×", measured / predicted) : "–";
}

std::string kind_row(const OpTime& kind, double longest) {
  const auto width = [&](double ms) { return 100 * ms / longest; };
  return fmt::format(
      "<tr><th>{}<span class=\"pair\"><i class=\"predicted\" style=\"width:{:.2f}%\"></i>"
      "<i class=\"counted\" style=\"width:{:.2f}%\"></i></span></th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
      escape_html(words(kind.name)), width(kind.predicted_ms), width(kind.total_ms),
      kind.predicted_ms > 0 ? human_ms(kind.predicted_ms) : "–", human_ms(kind.total_ms),
      ratio_text(kind.total_ms, kind.predicted_ms));
}

/// All operations that have the same there as one, longest first.
std::vector<OpTime> joined_by(std::string OpTime::*member, const std::vector<OpTime>& ops) {
  std::map<std::string, OpTime> by_member;
  for (const OpTime& op : ops) {
    OpTime& joined = by_member[op.*member];
    joined.name = op.*member;
    joined.add(op);
  }
  std::vector<OpTime> all;
  for (auto& [name, joined] : by_member) all.push_back(std::move(joined));
  std::ranges::stable_sort(all, std::ranges::greater{}, &OpTime::total_ms);
  return all;
}

std::string class_row(const OpTime& work, const OpTime& all) {
  const auto flops = static_cast<double>(work.flops);
  const auto bytes = static_cast<double>(work.bytes);
  return fmt::format(
      "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
      escape_html(work.name), human_ms(work.total_ms), percent_of(work.total_ms, all.total_ms),
      percent_of(bytes, static_cast<double>(all.bytes)), work.bytes > 0 ? human_number(flops / bytes) : "–",
      percent_of(work.ceiling_ms, work.total_ms), percent_of(work.least_ms, work.total_ms));
}

}  // namespace

void OpTime::add(const OpTime& other) {
  calls += other.calls;
  total_ms += other.total_ms;
  predicted_ms += other.predicted_ms;
  ceiling_ms += other.ceiling_ms;
  least_ms += other.least_ms;
  flops += other.flops;
  least_bytes += other.least_bytes;
  bytes += other.bytes;
}

std::string ranks_section(const ReportInput& input) {
  if (input.ranks.empty()) return "";
  double longest = 1e-9;
  for (const RankTime& rank : input.ranks) longest = std::max(longest, rank.wall_ms);
  const size_t shown = std::min(kShown, input.ranks.size());
  const std::string body =
      rank_table(input.ranks, 0, shown, longest) +
      more(input.ranks.size() - shown, rank_table(input.ranks, shown, input.ranks.size(), longest));
  std::string about = "Evaluations are part of it.";
  if (input.ranks.size() > 1) about += imbalance_of(input.ranks);
  return section_html("Where the time went", about, body);
}

std::string kinds_section(const ReportInput& input) {
  const bool has_kinds = std::ranges::any_of(input.ops, [](const OpTime& op) { return !op.kind.empty(); });
  if (!has_kinds) return "";
  const std::vector<OpTime> kinds = joined_by(&OpTime::kind, input.ops);
  double longest = 1e-9;
  for (const OpTime& kind : kinds) longest = std::max({longest, kind.total_ms, kind.predicted_ms});
  const std::string head =
      "<table><thead><tr><th>operations</th><td><span class=\"key predicted\"><i></i>predicted</span></td>"
      "<td><span class=\"key counted\"><i></i>measured</span></td><td></td></tr></thead><tbody>\n";
  std::string shown = head;
  std::string rest = head;
  for (size_t i = 0; i < kinds.size(); ++i) (i < kShown ? shown : rest) += kind_row(kinds[i], longest);
  const std::string body = shown + "</tbody></table>" +
                           more(kinds.size() - std::min(kShown, kinds.size()), rest + "</tbody></table>");
  std::string about = "Rank 0, over the whole run, by kind of operation.";
  if (!input.priced_for.empty()) about += " Predicted for " + input.priced_for + ".";
  return section_html("Predicted and measured time", about, body);
}

std::string classes_section(const ReportInput& input) {
  OpTime all{.name = "all"};
  bool has_classes = false;
  for (const OpTime& op : input.ops) {
    all.add(op);
    has_classes = has_classes || !op.work.empty();
  }
  if (!has_classes) return "";
  std::string body =
      "<table><thead><tr><th>class of work</th><td>time</td><td>of the time</td><td>of the bytes</td>"
      "<td>flop/byte</td><td>of the ceiling</td><td>MUE</td></tr></thead><tbody>\n";
  for (const OpTime& work : joined_by(&OpTime::work, input.ops)) body += class_row(work, all);
  body += class_row(all, all) + "</tbody></table>";
  return section_html("What the time goes to",
                      "Rank 0, over the whole run. Bytes are those that kernels move between memory and "
                      "cores. The ceiling is "
                      "the rate that binds the work, of arithmetic, memory or network. MUE is the least "
                      "bytes over those moved, "
                      "times the bandwidth reached over that of memory.",
                      body);
}

std::string ops_section(const ReportInput& input) {
  if (input.ops.empty()) return "";
  std::vector<OpTime> ops = input.ops;
  std::ranges::stable_sort(ops, std::ranges::greater{}, &OpTime::total_ms);
  const double total = total_ms(ops);
  const double longest = std::max(ops.front().total_ms, 1e-12);
  std::map<int, std::string> keys;
  std::string shown;
  std::string rest;
  for (size_t i = 0; i < ops.size(); ++i) {
    const int style = style_of_phase(ops[i].phase);
    const auto [key, is_new] = keys.emplace(style, ops[i].phase);
    if (!is_new && key->second != ops[i].phase) key->second = "other";
    (i < kShown ? shown : rest) +=
        op_bar(ops[i], total > 0 ? ops[i].total_ms / total : 0, ops[i].total_ms / longest);
  }
  const std::string body =
      legend_of(keys) + "<div class=\"ops\">\n" + shown + "</div>" +
      more(ops.size() - std::min(kShown, ops.size()), "<div class=\"ops\">" + rest + "</div>");
  return section_html(
      "Time by op",
      fmt::format("{} in all on rank 0, over the whole run, longest first. Times are measured; rates "
                  "are the flops, and the bytes that kernels move, a second.",
                  human_seconds(total / 1000)),
      body);
}

}  // namespace weft
