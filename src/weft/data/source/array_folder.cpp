#include "weft/data/source/array_folder.h"

#include <algorithm>
#include <iterator>

#include "weft/base/check.h"
#include "weft/data/source/joined.h"
#include "weft/data/source/latency_pool.h"
#include "weft/data/source/left_out.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

constexpr size_t kMostRemarks = 5;

std::string said(const Field& field) {
  return fmt::format("{} {}", field.stored, to_string(field.type.shape));
}

void expect_alike(const Source& source, const Source& first) {
  for (size_t i = 0; i < first.fields().size(); ++i) {
    const Field& here = source.fields()[i];
    const Field& there = first.fields()[i];
    if (can_be_joined(here, there)) continue;
    user_error(
        "{}: '{}' is {}, and in {} it is {}{}; samples must be alike", source.files()[0].string(), here.name,
        said(here), first.files()[0].filename().string(), said(there),
        here.type == there.type && here.is_whole == there.is_whole ? " with other missing values" : "");
  }
}

std::vector<std::string> first_remarks(std::span<const std::shared_ptr<const Source>> sources,
                                       const std::string& path) {
  std::vector<std::string> all;
  size_t more = 0;
  for (const auto& source : sources) {
    for (std::string& remark : source->remarks()) {
      if (all.size() < kMostRemarks) {
        all.push_back(std::move(remark));
      } else {
        ++more;
      }
    }
  }
  if (more > 0) all.push_back(fmt::format("{}: {} more such sentences about its files", path, more));
  return all;
}

/// A file of one sample that could not be opened: what was wrong is said where it is read.
class UnreadableFile final : public Source {
 public:
  UnreadableFile(fs::path path, std::string why, std::span<const Field> fields)
      : files_{std::move(path)}, why_(std::move(why)), fields_(fields.begin(), fields.end()) {}
  int64_t count() const override { return 1; }
  std::string name(int64_t /*sample*/) const override { return files_[0].string(); }
  std::span<const Field> fields() const override { return fields_; }
  std::span<const fs::path> files() const override { return files_; }
  void locate(int64_t /*sample*/, std::span<const Region> /*parts*/,
              std::vector<Extent>& /*extents*/) const override {}
  void unpack(int64_t /*sample*/, std::span<const Region> /*parts*/, std::span<const std::byte> /*record*/,
              std::span<const View> /*outputs*/) const override {
    throw UserError(why_);
  }

 private:
  std::vector<fs::path> files_;
  std::string why_;
  std::vector<Field> fields_;
};

class FolderOpening {
 public:
  FolderOpening(const SourcePlace& place, std::vector<fs::path> files, const OpenArrays& open)
      : place_(place),
        files_(std::move(files)),
        open_(open),
        sources_(files_.size()),
        problems_(files_.size()) {}

  std::unique_ptr<Source> open(const std::vector<std::string>& fields, std::optional<FileSamples> samples,
                               std::span<const std::string_view> extensions) {
    // Without names they are those of a file that stands alone, where samples are rows.
    const FileSamples asked = samples.value_or(fields.empty() ? FileSamples::rows : FileSamples::whole);
    const size_t first = open_first(fields, asked);
    const bool rows = asked == FileSamples::rows || (!samples && has_rows(sources_[first]->fields()));
    open_all(first, asked, rows ? FileSamples::rows : FileSamples::whole);
    const std::string path = place_.path.string();
    std::vector<std::string> remarks = first_remarks(sources_, path);
    remarks.push_back(
        fmt::format("{}: its {} files are read as {}", path, files_.size(),
                    rows ? "one, along the first dimension of their arrays" : "one sample each"));
    say_problems(remarks);
    int64_t count = 0;
    for (const auto& source : sources_) count += source->count();
    std::ranges::move(remarks_on_rest(place_, extensions, count), std::back_inserter(remarks));
    return joined(std::move(sources_), path, std::move(remarks));
  }

 private:
  /// The first that can be opened. Where samples are rows, that is the first.
  size_t open_first(const std::vector<std::string>& fields, FileSamples samples) {
    for (size_t file = 0; file < files_.size(); ++file) {
      open_one(file, fields, samples);
      if (sources_[file] != nullptr) return file;
    }
    throw UserError(problems_[0]);
  }

  void open_one(size_t file, const std::vector<std::string>& fields, FileSamples samples) {
    if (samples == FileSamples::rows) {
      sources_[file] = open_(look_at(files_[file]), fields, samples);
      return;
    }
    try {
      sources_[file] = open_(look_at(files_[file]), fields, samples);
    } catch (const UserError& error) {
      problems_[file] = error.what();
    }
  }

  /// The first is open already, for the samples that were `asked` for.
  void open_all(size_t first, FileSamples asked, FileSamples samples) {
    const std::shared_ptr<const Source> model = sources_[first];
    std::vector<std::string> names;
    for (const Field& field : model->fields()) names.push_back(field.name);
    for_each_waiting(std::ssize(files_), [&](int64_t i) {
      const auto file = static_cast<size_t>(i);
      if (file != first || asked != samples) open_one(file, names, samples);
    });
    for (size_t file = 0; file < files_.size(); ++file) {
      if (problems_[file].empty()) {
        expect_alike(*sources_[file], *sources_[first]);
      } else {
        sources_[file] = std::make_shared<UnreadableFile>(files_[file], problems_[file], model->fields());
      }
    }
  }

  void say_problems(std::vector<std::string>& remarks) const {
    const auto is_bad = [](const std::string& problem) { return !problem.empty(); };
    const auto bad = std::ranges::count_if(problems_, is_bad);
    if (bad == 0) return;
    const std::string& example = *std::ranges::find_if(problems_, is_bad);
    if (2 * bad > std::ssize(files_)) throw UserError(example);
    remarks.push_back(fmt::format("{}: {} of {} files cannot be read, such as {}", place_.path.string(), bad,
                                  files_.size(), example));
  }

  const SourcePlace& place_;
  std::vector<fs::path> files_;
  const OpenArrays& open_;
  std::vector<std::shared_ptr<const Source>> sources_;
  std::vector<std::string> problems_;  ///< of files that cannot be opened
};

}  // namespace

bool has_rows(std::span<const Field> fields) {
  return std::ranges::all_of(fields, [&](const Field& field) {
    const Dims& shape = field.type.shape;
    return !shape.empty() && shape[0] == fields[0].type.shape[0];
  });
}

std::vector<std::string> remarks_on_rest(const SourcePlace& place,
                                         std::span<const std::string_view> extensions, int64_t samples) {
  LeftOut left_out;
  for (const std::string& name : place.files) {
    const bool is_read =
        std::ranges::any_of(extensions, [&](std::string_view e) { return has_extension(name, e); });
    if (!is_read) left_out.add_file(name);
  }
  for (size_t i = 0; i < place.folders.size(); ++i) left_out.add_beside_sample("folder");
  left_out.check(place.path.string(), samples);
  return left_out.remarks(place.path.string());
}

std::unique_ptr<Source> open_array_folder(const SourcePlace& place,
                                          std::span<const std::string_view> extensions,
                                          const SourceOptions& options, const OpenArrays& open,
                                          std::optional<FileSamples> samples) {
  return FolderOpening(place, place.files_with(extensions), open).open(options.fields, samples, extensions);
}

}  // namespace weft
