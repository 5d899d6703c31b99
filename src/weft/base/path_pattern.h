#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace weft {

/// Whether a path stands for several: it has signs of a pattern, and nothing is there of that name.
bool is_path_pattern(const std::filesystem::path& path);

/// The files that a pattern names: braces are ranges of numbers, expanded in their order whether files are
/// there or not; *, ? and […] are the shell's, and name the files that match, in the order of their names,
/// at least one for each name that the braces give. Folders are none. UserError where no file is named, a
/// folder cannot be read, braces are of another form, or there are too many.
std::vector<std::filesystem::path> files_of_pattern(const std::filesystem::path& pattern);
/// Likewise, with errors that begin with `key`.
std::vector<std::filesystem::path> files_of_pattern(const std::filesystem::path& pattern,
                                                    const std::string& key);

/// "a-{08..10}.tar" -> a-08.tar, a-09.tar, a-10.tar; several braces multiply. UserError on braces of another
/// form, or more than a million names.
std::vector<std::string> expand_braces(const std::string& pattern);

}  // namespace weft
