#pragma once
// Folders of files that hold several arrays each.
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/data/source/source.h"
#include "weft/data/source/source_registry.h"

namespace weft {

/// What a sample is in a file of arrays.
enum class FileSamples : uint8_t {
  rows,   ///< one index of the first dimension
  whole,  ///< the file
};

/// Opens one file. `fields` as SourceOptions.
using OpenArrays = std::function<std::unique_ptr<Source>(
    const SourcePlace& file, const std::vector<std::string>& fields, FileSamples samples)>;

/// Whether all arrays have a first dimension, of one size.
bool has_rows(std::span<const Field> fields);

/// The files of `place` with these endings as one data set, in the order of their names. What a sample is,
/// `samples` says; without, samples are rows, and files follow each other, where the arrays that are named
/// have first dimensions of one size in the first file, or none are named; else each file is a sample. A file
/// that is a sample and cannot be opened is a bad sample. UserError where files hold other arrays than the
/// first, or most cannot be opened.
std::unique_ptr<Source> open_array_folder(const SourcePlace& place,
                                          std::span<const std::string_view> extensions,
                                          const SourceOptions& options, const OpenArrays& open,
                                          std::optional<FileSamples> samples = std::nullopt);

/// What else is in a folder whose files with these endings are read: sentences, as Source::remarks().
/// UserError where that is more than there are samples.
std::vector<std::string> remarks_on_rest(const SourcePlace& place,
                                         std::span<const std::string_view> extensions, int64_t samples);

}  // namespace weft
