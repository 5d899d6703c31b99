#include "weft/cli/data_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/base/cores.h"
#include "weft/base/plural.h"
#include "weft/base/threads.h"
#include "weft/cli/option_ranges.h"
#include "weft/comm/communicator.h"
#include "weft/data/inspect/check_samples.h"
#include "weft/data/inspect/field_values.h"
#include "weft/data/source/left_out.h"
#include "weft/data/source/open_source.h"
#include "weft/data/text/text_files.h"
#include "weft/data/verify/checksum_index.h"
#include "weft/report/counter.h"

namespace weft {

namespace {

constexpr size_t kListed = 20;  ///< classes and bad samples printed

void print_sizes(const Source& source) {
  std::vector<int64_t> bytes;
  std::vector<Extent> extents;
  int64_t sum = 0;
  for (int64_t sample = 0; sample < source.count(); ++sample) {
    extents.clear();
    source.locate(sample, {}, extents);
    int64_t record = 0;
    for (const Extent& extent : extents) record += extent.bytes;
    bytes.push_back(record);
    sum += record;
  }
  std::sort(bytes.begin(), bytes.end());
  fmt::print("bytes     {} in {}\n", format_bytes(sum), plural(std::ssize(source.files()), "file"));
  fmt::print("a sample  {} to {}, median {}\n", format_bytes(bytes.front()), format_bytes(bytes.back()),
             format_bytes(bytes[bytes.size() / 2]));
}

void print_classes(const Source& source) {
  const auto classes = source.classes();
  if (classes.empty()) return;
  std::vector<int64_t> counts(classes.size());
  int64_t none = 0;
  for (int64_t sample = 0; sample < source.count(); ++sample) {
    const int32_t label = source.label(sample);
    ++(label < 0 ? none : counts[static_cast<size_t>(label)]);
  }
  const auto empty = std::ranges::count(counts, 0);
  fmt::print("classes   {}{}\n", classes.size(),
             empty > 0 ? fmt::format(", {} of them without a sample", empty) : "");
  for (size_t i = 0; i < classes.size() && i < kListed; ++i) {
    fmt::print("  {:<24} {}\n", classes[i], counts[i]);
  }
  if (classes.size() > kListed) fmt::print("  and {} more\n", classes.size() - kListed);
  if (none > 0) fmt::print("  {:<24} {}\n", "without a label", none);
}

std::string shape_text(const Dims& shape) {
  if (std::none_of(shape.begin(), shape.end(), [](int64_t size) { return size < 0; }))
    return to_string(shape);
  std::string text;
  for (const int64_t size : shape) {
    text += (text.empty() ? "" : ", ") + (size < 0 ? std::string("varies") : fmt::format("{}", size));
  }
  return "[" + text + "]";
}

/// Whether all samples are good.
bool check(const Source& source, const std::string& index_path) {
  std::optional<ChecksumIndex> index;
  if (!index_path.empty()) index.emplace(index_path, source_key(source));
  int64_t changed = 0;
  Counter counter("checked");
  CheckOptions options;
  options.on_progress = [&](int64_t done, int64_t total) { counter.show(done, total); };
  options.on_record = [&](const CheckedRecord& record) {
    if (!index) return;
    const auto verdict = index->check(record.sample, record.bytes, record.checksum);
    if (verdict != ChecksumIndex::Verdict::different) return;
    if (++changed <= static_cast<int64_t>(kListed)) {
      fmt::print("changed   {}: its bytes are not those that the index has\n", source.name(record.sample));
    }
  };
  const auto began = std::chrono::steady_clock::now();
  const CheckReport report = check_samples(source, options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (report.largest[0] > 0) {
    fmt::print("images    {}x{} to {}x{} (height x width)\n", report.smallest[0], report.smallest[1],
               report.largest[0], report.largest[1]);
  }
  for (size_t i = 0; i < report.bad.size() && i < kListed; ++i) {
    fmt::print("bad       {}\n", report.bad[i].problem);
  }
  if (report.bad.size() > kListed) fmt::print("          and {} more\n", report.bad.size() - kListed);
  for (const std::string& sentence : report.damaged) fmt::print("damaged   {}\n", sentence);
  fmt::print("checked   {} samples, {} in {:.1f} s: {} bad, {} changed\n", source.count(),
             format_bytes(report.bytes), took.count(), report.bad.size(), changed);
  if (index) {
    index->flush();
    const std::string trouble = index->trouble();
    if (!trouble.empty()) throw UserError(trouble);
    fmt::print("index     {}: {} samples\n", index_path, index->size());
  }
  return report.bad.empty() && report.damaged.empty() && changed == 0;
}

/// Text, which no format of samples is.
std::optional<TextFiles> text_at(const SourceOptions& options) {
  if (!format_at(options).empty()) return std::nullopt;
  try {
    TextFiles text = find_text(options.path, "PATH");
    return text.paths.empty() ? std::nullopt : std::optional(std::move(text));
  } catch (const UserError&) {
    return std::nullopt;  // that it is no samples either is the better sentence
  }
}

bool is_table(const std::filesystem::path& file) {
  const std::string ending = ending_of(file.filename().string());
  return ending == ".csv" || ending == ".tsv";
}

int inspect_text(const TextFiles& text) {
  int64_t bytes = 0;
  for (const std::filesystem::path& file : text.paths)
    bytes += static_cast<int64_t>(std::filesystem::file_size(file));
  fmt::print("format    text\nbytes     {} in {}\n", format_bytes(bytes),
             plural(std::ssize(text.paths), "file"));
  if (!text.left_out.empty()) fmt::print("note      {}\n", text.left_out);
  const std::string path = text.root.string();
  fmt::print(
      "note      {}: data.kind = \"text\" reads it; weft data make tokens --text {} --out FILE.tokens counts "
      "its tokens, for data.windows = \"streamed\" too\n",
      path, path);
  if (std::ranges::any_of(text.paths, is_table)) {
    fmt::print(
        "note      {}: tables are read as text; numpy.savez(\"both.npz\", x=x, y=y) makes arrays of them\n",
        path);
  }
  return 0;
}

}  // namespace

void DataCommand::declare(CLI::App& app) {
  data_ = app.add_subcommand("data", "look at a data set, or make one");
  data_->require_subcommand(1);
  inspect_ = data_->add_subcommand("inspect", "samples, sizes, shapes and classes of a data set");
  inspect_
      ->add_option("PATH", source_.path,
                   "file, folder, or pattern such as 'train-*.tar' and train-{000..009}.tar")
      ->required();
  inspect_->add_option("--split", source_.split, "subfolder to read where it is there, as train");
  inspect_->add_option("--fields", source_.fields, "which arrays of a file, as full,unitPar")->delimiter(',');
  inspect_->add_option("--window", source_.window, "tokens a sample, of token files")
      ->check(integer_in(1, int64_t{1} << 30));
  inspect_->add_flag("--list", list_, "print the class and the name of every sample, and nothing else");
  inspect_->add_flag("--check", check_, "read and unpack every sample; list the bad ones");
  inspect_
      ->add_option("--index", index_,
                   "check against, and add to, the checksums in this file (implies --check)")
      ->type_name("FILE");
  bench_ =
      data_->add_subcommand("bench", "the data path of a recipe alone: samples/s, waiting, bytes by source");
  bench_->add_option("RECIPE", bench_options_.recipe, "recipe file, or folder of a run")->required();
  bench_->add_option("--set", bench_options_.set, "override a key of the recipe")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  bench_->add_option("--epochs", bench_options_.epochs, "how many")
      ->check(integer_in(1, 1000))
      ->capture_default_str();
  bench_->add_option("--steps", bench_options_.steps, "of each epoch; without: all")
      ->check(integer_in(1, 1'000'000'000));
  bench_->add_option("--compute", bench_options_.compute_ms, "milliseconds that each step would compute")
      ->check(number_in(0, 1e6));
  bench_->add_flag("--digest", bench_options_.digest, "print the CRC-32 of each batch of rank 0");
  bench_->add_flag("--naive,!--no-naive", bench_options_.naive,
                   "measure the naive way too, as it is without either, or do not");
  make_.declare(*data_);
}

int DataCommand::run() {
  set_threads(available_cores());
  if (bench_->parsed()) return run_data_bench(bench_options_);
  if (Communicator::world().rank() != 0) return 0;  // one rank reads and writes files
  if (inspect_->parsed()) return inspect();
  return make_.run();
}

int DataCommand::inspect() const {
  const bool asks_of_samples = list_ || check_ || !index_.empty();
  const std::optional<TextFiles> text = asks_of_samples ? std::nullopt : text_at(source_);
  if (text) return inspect_text(*text);
  const OpenedSource opened = open_source(source_);
  const Source& source = *opened.source;
  if (list_) {
    for (int64_t sample = 0; sample < source.count(); ++sample) {
      fmt::print("{} {}\n", source.label(sample), source.name(sample));
    }
    return 0;
  }
  fmt::print("format    {}\n", opened.format);
  fmt::print("samples   {}\n", source.count());
  for (size_t i = 0; i < source.fields().size(); ++i) {
    const Field& field = source.fields()[i];
    fmt::print("field     {} {} {}\n", field.name, name_of(field.type.dtype), shape_text(field.type.shape));
    if (source.encoded_images()) continue;
    const FieldValues values = look_at_field(source, i);
    fmt::print("          {}{}\n", values.text(source.count()),
               values.has_missing() ? "; data.missing says what becomes of these" : "");
  }
  print_sizes(source);
  print_classes(source);
  for (const std::string& remark : source.remarks()) fmt::print("note      {}\n", remark);
  if (!check_ && index_.empty()) return 0;
  return check(source, index_) ? 0 : 1;
}

}  // namespace weft
