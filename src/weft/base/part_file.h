#pragma once
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace weft {

/// Where a file lies until it is whole, so that it is at its place whole or not at all: whoever writes it
/// does so at part(), beside its place, makes that durable, and calls take(). A full disk, Ctrl-C or a kill
/// before leave what was there. The file that a link leads to is replaced, not the link.
class PartFile {
 public:
  enum class Name : uint8_t {
    known,  ///< PATH.part, of one writer: others see it grow, and what a kill left is written over
    own,    ///< PATH.PID.part: several processes may write the file at once
  };

  /// Makes no file. UserError where something that is no file has the place; `what` names the file to people:
  /// "token file".
  PartFile(const std::filesystem::path& path, std::string_view what, Name name);
  /// Removes what lies at part(), unless it was taken.
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& place() const { return place_; }
  const std::filesystem::path& part() const { return part_; }
  /// Makes durable what lies at part(), for those who write it through a library: fsync. 0, or an errno.
  int sync() const;
  /// What is at part() has the place at once. 0, or an errno: then it stays where it was.
  int take();

  static std::filesystem::path part_of(std::filesystem::path path) { return path += ".part"; }

 private:
  std::filesystem::path place_;
  std::filesystem::path part_;
  bool is_taken_ = false;
};

}  // namespace weft
