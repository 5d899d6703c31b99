#pragma once
// Bytes at an offset: what the readers of headers need, from a file or (fuzzing, tests) from memory.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace weft {

/// Any thread may read.
class ByteReader {
 public:
  virtual ~ByteReader() = default;
  virtual const std::string& name() const = 0;
  virtual int64_t size() const = 0;
  /// UserError naming the file where [offset, offset + into.size()) is not within it.
  void read(int64_t offset, std::span<std::byte> into) const;
  std::string text(int64_t offset, int64_t bytes) const;

 protected:
  virtual void read_within(int64_t offset, std::span<std::byte> into) const = 0;
};

class FileReader final : public ByteReader {
 public:
  /// UserError where there is no such regular file.
  explicit FileReader(const std::filesystem::path& path);
  ~FileReader() override;
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;
  const std::string& name() const override { return name_; }
  int64_t size() const override { return size_; }

 protected:
  void read_within(int64_t offset, std::span<std::byte> into) const override;

 private:
  std::string name_;
  int descriptor_ = -1;
  int64_t size_ = 0;
};

/// The bytes must outlive it.
class MemoryReader final : public ByteReader {
 public:
  MemoryReader(std::span<const std::byte> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}
  const std::string& name() const override { return name_; }
  int64_t size() const override { return static_cast<int64_t>(bytes_.size()); }

 protected:
  void read_within(int64_t offset, std::span<std::byte> into) const override;

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
};

/// Size of a file; UserError where it cannot be told or is no regular file.
int64_t size_of_file(const std::filesystem::path& path);

}  // namespace weft
