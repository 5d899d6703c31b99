#include "weft/data/source/open_source.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/base/path_pattern.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/joined.h"
#include "weft/data/source/left_out.h"
#include "weft/data/source/part_folders.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

SourcePlace look_at_folder(const fs::path& path) {
  SourcePlace place{path, true};
  std::error_code error;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (is_hidden_name(name)) continue;
    std::error_code unknown;  // of a link to nothing, which is no folder
    (it->is_directory(unknown) ? place.folders : place.files).push_back(std::move(name));
  }
  if (error) user_error("{}: the folder cannot be listed: {}", path.string(), error.message());
  std::sort(place.files.begin(), place.files.end());
  std::sort(place.folders.begin(), place.folders.end());
  return place;
}

SourcePlace look_at_pattern(const fs::path& pattern) {
  SourcePlace place{pattern, true};
  place.named = files_of_pattern(pattern);
  for (const fs::path& file : place.named) place.files.push_back(file.filename().string());
  return place;
}

/// Null: no format knows it.
const SourceFormat* format_of(const SourcePlace& place, const SourceRegistry& registry, bool images) {
  constexpr int kWanted = 10;
  const SourceFormat* best = nullptr;
  const SourceFormat* other = nullptr;
  int surest = 0;
  for (const SourceFormat& format : registry.formats()) {
    int match = format.matches(place);
    if (match > 0 && images && format.images) match += kWanted;
    if (match > surest) {
      surest = match;
      best = &format;
      other = nullptr;
    } else if (match == surest && match > 0) {
      other = &format;
    }
  }
  if (other != nullptr) {
    user_error("{}: could be read as {} and as {}; put them into folders of their own", place.path.string(),
               best->name, other->name);
  }
  return best;
}

/// What such files are for, where they are no samples: the end of a sentence.
std::string other_uses(const SourcePlace& place) {
  if (place.has_files(".csv") || place.has_files(".tsv"))
    return "; of a table, numpy.savez(\"both.npz\", x=x, y=y) makes arrays";
  return place.has_files(".txt") ? "; data.kind = \"text\" reads text" : "";
}

[[noreturn]] void refuse(const SourcePlace& place, const SourceRegistry& registry, bool images) {
  std::string known;
  for (const SourceFormat& format : registry.formats()) {
    if (!images || format.images) known += (known.empty() ? "" : "; ") + format.reads;
  }
  user_error("{}: is no data set that can be read, expected one of: {}{}", place.path.string(), known,
             images ? "" : other_uses(place));
}

/// Files that a pattern names, of a format that knows no folders: one after the other.
OpenedSource open_each(const SourcePlace& place, const SourceOptions& options) {
  std::string format;
  std::vector<std::shared_ptr<const Source>> sources;
  for (const fs::path& file : place.named) {
    SourceOptions alone = options;
    alone.path = file;
    alone.split.clear();
    OpenedSource opened = open_source(alone);
    if (!format.empty() && opened.format != format) {
      user_error("{}: {} is {} and {} is {}, expected files of one format", place.path.string(),
                 place.named[0].string(), format, file.string(), opened.format);
    }
    format = opened.format;
    sources.push_back(std::move(opened.source));
  }
  return {format, joined(std::move(sources), place.path.string())};
}

/// The subfolder to read, or the folder itself. A class may be named like a part of a data set.
fs::path with_split(const fs::path& path, const std::string& split) {
  if (split.empty()) return path;
  if (is_part_name(split)) return find_part(path, split).value_or(path);
  std::error_code error;
  return fs::is_directory(path / split, error) ? path / split : path;
}

}  // namespace

bool has_extension(std::string_view name, std::string_view extension) {
  if (name.size() <= extension.size()) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(extension.rbegin(), extension.rend(), name.rbegin(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

bool SourcePlace::has_files(std::string_view extension) const {
  if (!is_folder) return has_extension(path.filename().string(), extension);
  return std::any_of(files.begin(), files.end(),
                     [&](const std::string& name) { return has_extension(name, extension); });
}

std::vector<fs::path> SourcePlace::files_with(std::span<const std::string_view> extensions) const {
  if (!is_folder) return {path};
  std::vector<fs::path> found;
  for (size_t i = 0; i < files.size(); ++i) {
    const auto ends_so = [&](std::string_view extension) { return has_extension(files[i], extension); };
    if (std::ranges::any_of(extensions, ends_so)) found.push_back(named.empty() ? path / files[i] : named[i]);
  }
  return found;
}

SourcePlace look_at(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return look_at_folder(path);
  if (is_path_pattern(path)) return look_at_pattern(path);
  SourcePlace place{path};
  const FileReader file(path);
  place.is_file = true;
  if (file.size() == 0) user_error("{}: the file is empty", path.string());
  place.head = file.text(0, std::min<int64_t>(file.size(), 512));
  return place;
}

std::string format_at(const SourceOptions& options) {
  SourceRegistry registry;
  register_all_sources(registry);
  const SourcePlace place = look_at(with_split(options.path, options.split));
  const SourceFormat* format = format_of(place, registry, options.images);
  if (format == nullptr && !place.named.empty())
    format = format_of(look_at(place.named[0]), registry, options.images);
  return format == nullptr ? std::string() : format->name;
}

OpenedSource open_source(const SourceOptions& options) {
  SourceRegistry registry;
  register_all_sources(registry);
  const fs::path path = with_split(options.path, options.split);
  const SourcePlace place = look_at(path);
  const SourceFormat* const format = format_of(place, registry, options.images);
  if (format == nullptr && !place.named.empty()) return open_each(place, options);
  if (format == nullptr) refuse(place, registry, options.images);
  OpenedSource opened{format->name, format->open(place, options)};
  if (opened.source->count() == 0) user_error("{}: holds no samples", path.string());
  return opened;
}

}  // namespace weft
