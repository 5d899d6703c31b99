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
        "{}: '{}' is {} a sample, and in {} it is {}{}; samples must be alike", source.files()[0].string(),
        here.name, said(here), first.files()[0].filename().string(), said(there),
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
                                          const SourceOptions& options, const OpenArrays& open) {
  const std::vector<fs::path> files = place.files_with(extensions);
  std::vector<std::shared_ptr<const Source>> sources(files.size());
  // Without names they are those of a file that stands alone, where samples are rows.
  const FileSamples asked = options.fields.empty() ? FileSamples::rows : FileSamples::whole;
  sources[0] = open(look_at(files[0]), options.fields, asked);
  std::vector<std::string> names;
  for (const Field& field : sources[0]->fields()) names.push_back(field.name);
  const FileSamples samples =
      asked == FileSamples::rows || has_rows(sources[0]->fields()) ? FileSamples::rows : FileSamples::whole;
  for_each_waiting(std::ssize(files), [&](int64_t i) {
    const auto file = static_cast<size_t>(i);
    sources[file] = open(look_at(files[file]), names, samples);
  });
  for (const auto& source : sources) expect_alike(*source, *sources[0]);
  const std::string path = place.path.string();
  std::vector<std::string> remarks = first_remarks(sources, path);
  const bool are_joined = samples == FileSamples::rows;
  remarks.push_back(
      fmt::format("{}: its {} files are read as {}", path, files.size(),
                  are_joined ? "one, along the first dimension of their arrays" : "one sample each"));
  int64_t count = 0;
  for (const auto& source : sources) count += source->count();
  std::ranges::move(remarks_on_rest(place, extensions, count), std::back_inserter(remarks));
  return joined(std::move(sources), path, std::move(remarks));
}

}  // namespace weft
