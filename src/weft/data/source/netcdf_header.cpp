#include "weft/data/source/netcdf_header.h"

#include <algorithm>
#include <bit>

#include "weft/base/check.h"
#include "weft/data/source/slab.h"
#include "weft/data/source/stored_elements.h"

namespace weft {

namespace {

constexpr uint32_t kDimensions = 10;
constexpr uint32_t kVariables = 11;
constexpr uint32_t kAttributes = 12;
constexpr uint32_t kText = 2;  ///< a type, as the format numbers them
constexpr int64_t kMaxName = 4096;

struct Dimension {
  std::string name;
  int64_t size = 0;  ///< 0: the record dimension
};

/// Variables as they stand in the header, before it is known where records lie.
struct RawVariable {
  NetcdfVariable variable;
  int64_t bytes = 0;  ///< of a record, or of all
};

class HeaderReader {
 public:
  explicit HeaderReader(const ByteReader& file) : file_(file) {}

  std::vector<NetcdfVariable> read() {
    const std::string magic = file_.text(0, std::min<int64_t>(4, file_.size()));
    if (magic.size() < 4 || !magic.starts_with("CDF")) {
      user_error("{}: is no NetCDF-3 file (it does not start with CDF)", file_.name());
    }
    version_ = static_cast<unsigned char>(magic[3]);
    if (version_ != 1 && version_ != 2 && version_ != 5) {
      user_error("{}: is NetCDF-3 of version {}, expected 1, 2 or 5", file_.name(), version_);
    }
    at_ = 4;
    records_ = size_number();
    streaming_ = version_ == 5 ? records_ == -1 : records_ == 0xffffffff;
    read_dimensions();
    read_attributes();
    read_variables();
    place_records();
    std::vector<NetcdfVariable> variables;
    for (RawVariable& raw : raw_) variables.push_back(std::move(raw.variable));
    return variables;
  }

 private:
  [[noreturn]] void broken(std::string_view what) const {
    user_error("{}: the NetCDF header is broken at byte {}: {}", file_.name(), at_, what);
  }

  uint64_t big_endian(size_t bytes) {
    std::byte raw[8];
    file_.read(at_, std::span(raw, bytes));
    at_ += static_cast<int64_t>(bytes);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; ++i) value = value << 8 | std::to_integer<uint64_t>(raw[i]);
    return value;
  }
  uint32_t word() { return static_cast<uint32_t>(big_endian(4)); }
  /// Counts and sizes: 4 bytes, or 8 in version 5.
  int64_t size_number() { return static_cast<int64_t>(big_endian(version_ == 5 ? 8 : 4)); }
  int64_t offset_number() { return static_cast<int64_t>(big_endian(version_ == 1 ? 4 : 8)); }
  /// A count of things that take at least four bytes each in what is left of the file.
  int64_t count() {
    const int64_t value = size_number();
    if (value < 0 || value > (file_.size() - at_) / 4 + 1) broken("a count that the file is too short for");
    return value;
  }
  std::string name() {
    const int64_t length = size_number();
    if (length < 0 || length > kMaxName) broken("a name that is too long");
    std::string text = file_.text(at_, length);
    at_ += (length + 3) / 4 * 4;
    return text;
  }
  /// The tag and the number of a list; an absent one is two zeros.
  int64_t list_of(uint32_t tag) {
    const uint32_t found = word();
    if (found != tag && found != 0) broken("a list of another kind was expected");
    const int64_t length = count();
    if (found == 0 && length != 0) broken("a list without a kind");
    return length;
  }

  StoredType type_of(uint32_t code) const {
    using Kind = StoredType::Kind;
    const bool new_types = version_ == 5;
    switch (code) {
      case 1:
        return {Kind::signed_integer, 1, true};
      case kText:  // told apart by the caller
        return {Kind::unsigned_integer, 1, true};
      case 3:
        return {Kind::signed_integer, 2, true};
      case 4:
        return {Kind::signed_integer, 4, true};
      case 5:
        return {Kind::floating, 4, true};
      case 6:
        return {Kind::floating, 8, true};
      default:
        break;
    }
    if (new_types && code == 7) return {Kind::unsigned_integer, 1, true};
    if (new_types && code == 8) return {Kind::unsigned_integer, 2, true};
    if (new_types && code == 9) return {Kind::unsigned_integer, 4, true};
    if (new_types && code == 10) return {Kind::signed_integer, 8, true};
    if (new_types && code == 11) return {Kind::unsigned_integer, 8, true};
    broken("an unknown type of elements");
  }

  void read_dimensions() {
    const int64_t length = list_of(kDimensions);
    for (int64_t i = 0; i < length; ++i) {
      Dimension dimension{name(), 0};
      dimension.size = size_number();
      if (dimension.size < 0) broken("a negative size");
      dimensions_.push_back(std::move(dimension));
    }
  }

  /// Those that say something of a variable's numbers.
  std::vector<VariableAttribute> read_attributes() {
    std::vector<VariableAttribute> attributes;
    const int64_t length = list_of(kAttributes);
    for (int64_t i = 0; i < length; ++i) {
      VariableAttribute attribute{name(), {}, {}, {}};
      const uint32_t code = word();
      attribute.type = type_of(code);
      const int64_t values = size_number();
      if (values < 0 || values > file_.size()) broken("an attribute that is too long");
      const int64_t bytes = values * attribute.type.bytes;
      if (std::ranges::count(heeded_attributes(), attribute.name) > 0) {
        if (code == kText) {
          attribute.text = file_.text(at_, std::min(bytes, kMaxName));
          attribute.text = attribute.text.substr(0, attribute.text.find('\0'));
        } else {
          attribute.numbers = read_numbers(attribute.type, std::min(values, kMaxAttributeNumbers));
        }
        attributes.push_back(std::move(attribute));
      }
      at_ += (bytes + 3) / 4 * 4;
    }
    return attributes;
  }

  std::vector<ExactNumber> read_numbers(StoredType type, int64_t count) const {
    const std::string raw = file_.text(at_, count * type.bytes);
    std::vector<ExactNumber> numbers;
    for (int64_t i = 0; i < count; ++i) {
      with_stored_type(type, [&]<class T>(T) {
        const auto* at = reinterpret_cast<const std::byte*>(raw.data()) + i * type.bytes;
        if constexpr (std::is_integral_v<T>) {
          using Widest = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
          numbers.emplace_back(Widest{load_element<T>(at, type.big_endian)});
        } else if constexpr (std::is_floating_point_v<T>) {
          numbers.emplace_back(double{load_element<T>(at, type.big_endian)});
        }
      });
    }
    return numbers;
  }

  void read_variables() {
    const int64_t length = list_of(kVariables);
    for (int64_t i = 0; i < length; ++i) {
      RawVariable raw;
      NetcdfVariable& variable = raw.variable;
      variable.name = name();
      read_shape(variable);
      const std::vector<VariableAttribute> attributes = read_attributes();
      const uint32_t code = word();
      variable.type = type_of(code);
      variable.is_text = code == kText;
      if (!variable.is_text) variable.conventions = conventions_of(variable.type, attributes, {});
      size_number();  // vsize: redundant, and wrong above 4 GiB
      variable.offset = offset_number();
      Dims per_record = variable.shape;
      if (variable.is_record) per_record.erase(per_record.begin());
      if (!checked_bytes(per_record, variable.type.bytes, raw.bytes)) broken("a shape that is too large");
      raw_.push_back(std::move(raw));
    }
  }

  void read_shape(NetcdfVariable& variable) {
    const int64_t rank = count();
    for (int64_t d = 0; d < rank; ++d) {
      const int64_t id = size_number();
      if (id < 0 || id >= static_cast<int64_t>(dimensions_.size())) broken("an unknown dimension");
      const Dimension& dimension = dimensions_[static_cast<size_t>(id)];
      if (dimension.size == 0) {
        if (d != 0) broken("a record dimension that is not the first");
        variable.is_record = true;
      }
      variable.dimensions.push_back(dimension.name);
      variable.shape.push_back(dimension.size);
    }
  }

  /// A record holds the variables' parts one after the other, each padded to 4 bytes, unless there is only
  /// one.
  void place_records() {
    int64_t record = 0;
    int64_t variables = 0;
    for (const RawVariable& raw : raw_) {
      if (!raw.variable.is_record) continue;
      ++variables;
      if (raw.bytes > INT64_MAX - 4 || __builtin_add_overflow(record, (raw.bytes + 3) / 4 * 4, &record)) {
        broken("records that are too large");
      }
    }
    for (RawVariable& raw : raw_) {
      if (raw.variable.is_record && variables == 1) record = raw.bytes;
    }
    if (streaming_) count_records(record);
    for (RawVariable& raw : raw_) place(raw, record);
  }

  /// A file that was being written says so instead of how many records it has.
  void count_records(int64_t record) {
    records_ = INT64_MAX;
    for (const RawVariable& raw : raw_) {
      if (!raw.variable.is_record) continue;
      const int64_t room = file_.size() - raw.variable.offset;
      const bool any = record > 0 && raw.variable.offset >= 0 && raw.bytes <= room;
      records_ = std::min(records_, any ? (room - raw.bytes) / record + 1 : 0);
    }
    if (records_ == INT64_MAX) records_ = 0;
  }

  void place(RawVariable& raw, int64_t record) {
    NetcdfVariable& variable = raw.variable;
    if (variable.is_record && records_ == 0) return;  // the file ends where its records would begin
    if (variable.offset < 0 || variable.offset > file_.size()) broken("a variable outside of the file");
    const int64_t room = file_.size() - variable.offset;
    bool fits = raw.bytes <= room;
    if (variable.is_record) {
      if (records_ < 0) broken("a negative number of records");
      variable.shape[0] = records_;
      variable.stride = record;
      fits = fits && (record == 0 || records_ - 1 <= (room - raw.bytes) / record);
    } else if (!variable.shape.empty() && variable.shape[0] > 0) {
      variable.stride = raw.bytes / variable.shape[0];
    }
    if (!fits) {
      user_error("{}: variable '{}' {} does not fit into the file's {} bytes; is it cut short?", file_.name(),
                 variable.name, to_string(variable.shape), file_.size());
    }
  }

  const ByteReader& file_;
  int version_ = 1;
  int64_t at_ = 0;
  int64_t records_ = 0;
  bool streaming_ = false;
  std::vector<Dimension> dimensions_;
  std::vector<RawVariable> raw_;
};

}  // namespace

std::vector<NetcdfVariable> read_netcdf_header(const ByteReader& file) { return HeaderReader(file).read(); }

}  // namespace weft
