#include "weft/data/source/numpy_header.h"

#include <charconv>
#include <string_view>

#include "weft/base/check.h"
#include "weft/data/source/slab.h"

namespace weft {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr int64_t kMaxHeader = 1 << 20;
constexpr size_t kMaxDims = 32;  ///< numpy's own limit until version 2

/// The Python dictionary in a header: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  void parse(NumpyHeader& header) {
    expect('{');
    bool seen[3] = {false, false, false};
    while (!accept('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr") {
        skip();
        if (rest_.starts_with('[')) {  // whose end is not looked for
          header.problem = "has records of several fields, expected numbers";
          return;
        }
        header.problem = read_type(quoted(), header.type);
        seen[0] = true;
      } else if (key == "fortran_order") {
        if (boolean()) fortran_ = true;
        seen[1] = true;
      } else if (key == "shape") {
        header.shape = tuple();
        seen[2] = true;
      } else {
        broken();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!seen[0] || !seen[1] || !seen[2]) broken();
    // Order means nothing where only one dimension has a size.
    int64_t real = 0;
    for (const int64_t size : header.shape) real += size > 1 ? 1 : 0;
    if (fortran_ && real > 1 && header.problem.empty()) {
      header.problem =
          "is stored in Fortran order, in which samples are not together; save it with "
          "numpy.ascontiguousarray";
    }
  }

 private:
  [[noreturn]] void broken() const { user_error("{}: the header is not one of numpy's", name_); }

  void skip() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n')) rest_.remove_prefix(1);
  }
  bool accept(char c) {
    skip();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) broken();
  }
  std::string_view quoted() {
    skip();
    if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) broken();
    const size_t end = rest_.find(rest_[0], 1);
    if (end == std::string_view::npos) broken();
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }
  bool boolean() {
    skip();
    for (const std::string_view word : {std::string_view("True"), std::string_view("False")}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return word == "True";
    }
    broken();
  }
  Dims tuple() {
    Dims shape;
    expect('(');
    while (!accept(')')) {
      skip();
      int64_t size = -1;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
      if (error != std::errc() || size < 0 || shape.size() == kMaxDims) broken();
      shape.push_back(size);
      rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
      if (rest_.starts_with('L')) rest_.remove_prefix(1);  // Python 2 wrote 3L
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }
  /// A sentence's end where Weft has no such type.
  static std::string read_type(std::string_view descr, StoredType& type) {
    using Kind = StoredType::Kind;
    constexpr std::string_view kKinds = "fiub";
    const bool known = descr.size() == 3 && kKinds.find(descr[1]) != std::string_view::npos &&
                       std::string_view("<>|=").find(descr[0]) != std::string_view::npos;
    if (known) {
      type.big_endian = descr[0] == '>';
      type.bytes = descr[2] - '0';
      type.kind = descr[1] == 'f'   ? Kind::floating
                  : descr[1] == 'i' ? Kind::signed_integer
                                    : Kind::unsigned_integer;
    }
    if (known && dtype_of(type)) return {};
    return fmt::format("has elements of type '{:.20}', expected integers or floating point", descr);
  }

  std::string_view rest_;
  const std::string& name_;
  bool fortran_ = false;
};

}  // namespace

NumpyHeader read_numpy_header(const ByteReader& file, int64_t begin, int64_t bytes, const std::string& name) {
  if (bytes < 10) user_error("{}: {} bytes are too few for a .npy file", name, bytes);
  const std::string start = file.text(begin, 10);
  if (!start.starts_with(kMagic)) user_error("{}: is no .npy file (it does not start with \\x93NUMPY)", name);
  const auto byte = [](const std::string& text, size_t at) {
    return static_cast<int64_t>(static_cast<unsigned char>(text[at]));
  };
  const int64_t version = byte(start, 6);
  if (version < 1 || version > 3) user_error("{}: is .npy of version {}, expected 1 to 3", name, version);
  int64_t length = byte(start, 8) | byte(start, 9) << 8;
  int64_t text_at = 10;
  if (version > 1) {
    if (bytes < 12) user_error("{}: {} bytes are too few for a .npy file", name, bytes);
    const std::string more = file.text(begin + 10, 2);
    length |= byte(more, 0) << 16 | byte(more, 1) << 24;
    text_at = 12;
  }
  if (length > kMaxHeader || length > bytes - text_at) {
    user_error("{}: a header of {} bytes does not fit; is the file cut short?", name, length);
  }
  NumpyHeader header;
  const std::string text = file.text(begin + text_at, length);
  HeaderParser(text, name).parse(header);
  header.data_offset = begin + text_at + length;
  if (!header.problem.empty()) return header;
  int64_t expected = 0;
  const int64_t found = bytes - text_at - length;
  if (!checked_bytes(header.shape, header.type.bytes, expected) || expected > found) {
    user_error("{}: an array of {} elements {} does not fit into its {} bytes; is the file cut short?", name,
               to_string(header.type), to_string(header.shape), found);
  }
  return header;
}

}  // namespace weft
