#pragma once
// The schema of an op: its name, what it means, and its attributes, said once, in the struct. From one visit follow
// text, equality, hashing, graph files, the op reference (docs/ops.md) and bindings.
#include <map>
#include <memory>
#include <utility>

#include "weft/base/check.h"
#include "weft/graph/op.h"

namespace weft {

/// Reads the attributes of an op into a list.
class AttributeReader {
 public:
  template <class T>
  void operator()(std::string_view name, const T& value, std::string_view meaning) {
    list.push_back({name, AttributeCodec<T>::type(), AttributeCodec<T>::to(value), meaning});
  }
  std::vector<Attribute> list;
};

/// Writes attributes into an op. UserError naming the attribute that is missing, unknown or of the wrong kind.
class AttributeWriter {
 public:
  AttributeWriter(std::string_view op, const AttributeValues& values) : op_(op), values_(values) {}
  template <class T>
  void operator()(std::string_view name, T& value, std::string_view /*meaning*/) {
    const auto found = values_.find(name);
    if (found == values_.end()) user_error("{}: the attribute {} is missing", op_, name);
    try {
      value = AttributeCodec<T>::from(found->second);
    } catch (const UserError& error) {
      user_error("{}: the attribute {}: {}", op_, name, error.what());
    }
    known_.push_back(name);
  }
  /// After the visit.
  void finish() const;

 private:
  std::string_view op_;
  const AttributeValues& values_;
  std::vector<std::string_view> known_;
};

/// What an op's struct derives from. `Self` says
///   static constexpr std::string_view kName = "gelu";         the ONNX-like name
///   static constexpr std::string_view kMeaning = "…";          a sentence or two: operands, result, paper
///   template <class Visitor, class Op> static void visit(Visitor& v, Op& op) { v("kind", op.kind, "…"); }
/// and can be made without arguments; visit may be left out where there are no attributes.
template <class Self>
class Schema : public Op {
 public:
  std::string_view name() const final { return Self::kName; }
  std::string_view meaning() const final { return Self::kMeaning; }
  std::vector<Attribute> attributes() const final {
    AttributeReader reader;
    Self::visit(reader, static_cast<const Self&>(*this));
    return std::move(reader.list);
  }
  OpPtr with_attributes(const AttributeValues& values) const final {
    auto op = std::make_shared<Self>(static_cast<const Self&>(*this));
    AttributeWriter writer(Self::kName, values);
    Self::visit(writer, *op);
    writer.finish();
    return op;
  }

  template <class Visitor, class AnySelf>
  static void visit(Visitor& /*visitor*/, AnySelf& /*op*/) {}

 private:
  friend Self;
  Schema() = default;
};

}  // namespace weft
