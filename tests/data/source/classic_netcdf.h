#pragma once
// Classic NetCDF, written byte by byte for the tests of what reads it.
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Writes the classic format of version 1, 2 or 5.
class ClassicWriter {
 public:
  explicit ClassicWriter(char version) : version_(version) { bytes_ = std::string("CDF") + version; }
  void big_endian(uint64_t value, int bytes) {
    for (int i = bytes; i-- > 0;) bytes_ += static_cast<char>(value >> (8 * i));
  }
  void word(uint32_t value) { big_endian(value, 4); }
  void size(uint64_t value) { big_endian(value, version_ == 5 ? 8 : 4); }
  void offset(uint64_t value) { big_endian(value, version_ == 1 ? 4 : 8); }
  void name(std::string_view text) {
    size(text.size());
    bytes_ += text;
    pad();
  }
  void number(std::string_view key, double value) {
    name(key);
    word(6);
    size(1);
    big_endian(std::bit_cast<uint64_t>(value), 8);
  }
  void pad() {
    while (bytes_.size() % 4 != 0) bytes_ += '\0';
  }
  std::string bytes_;

 private:
  char version_;
};

/// Elements and attributes as the classic format stores them: big-endian.
struct ClassicNumbers {
  uint32_t type =
      0;  ///< 1 i8, 2 text, 3 i16, 4 i32, 5 f32, 6 f64; of version 5: 7 u8, 8 u16, 9 u32, 10 i64, 11 u64
  std::string bytes;
  uint64_t count = 0;
};

template <class T>
ClassicNumbers classic_numbers(uint32_t type, const std::vector<T>& values) {
  ClassicWriter out('\1');
  for (const T value : values) {
    if constexpr (sizeof(T) == 8) {
      out.big_endian(std::bit_cast<uint64_t>(value), 8);
    } else if constexpr (std::is_floating_point_v<T>) {
      out.big_endian(std::bit_cast<uint32_t>(value), 4);
    } else {
      out.big_endian(static_cast<uint64_t>(value), sizeof(T));
    }
  }
  return {type, out.bytes_.substr(4), values.size()};
}

inline ClassicNumbers classic_text(std::string_view text) { return {2, std::string(text), text.size()}; }

struct ClassicAttribute {
  std::string name;
  ClassicNumbers numbers;
};

/// One variable x(n, 1) without records.
inline std::string classic_variable(char version, const ClassicNumbers& values,
                                    const std::vector<ClassicAttribute>& attributes) {
  const auto head = [&](uint64_t offset) {
    ClassicWriter out(version);
    out.size(0);
    out.word(10);
    out.size(2);
    out.name("n");
    out.size(values.count);
    out.name("one");
    out.size(1);
    out.word(0);
    out.size(0);
    out.word(11);
    out.size(1);
    out.name("x");
    out.size(2);
    out.size(0);
    out.size(1);
    out.word(attributes.empty() ? 0 : 12);
    out.size(attributes.size());
    for (const ClassicAttribute& attribute : attributes) {
      out.name(attribute.name);
      out.word(attribute.numbers.type);
      out.size(attribute.numbers.count);
      out.bytes_ += attribute.numbers.bytes;
      out.pad();
    }
    out.word(values.type);
    out.size(0);
    out.offset(offset);
    return out.bytes_;
  };
  return head(head(0).size()) + values.bytes;
}

}  // namespace weft
