#include "weft/graph/schema.h"

#include <algorithm>

namespace weft {

void AttributeWriter::finish() const {
  for (const auto& [name, value] : values_) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      user_error("{}: there is no attribute {}", op_, name);
    }
  }
}

std::string attribute_text(const Op& op) {
  std::string text;
  for (const Attribute& attribute : op.attributes()) {
    if (!text.empty()) text += ' ';
    text.append(attribute.name).append("=").append(to_string(attribute.value));
  }
  return text;
}

bool equal(const Op& a, const Op& b) {
  if (&a == &b) return true;
  if (a.name() != b.name()) return false;
  const std::vector<Attribute> left = a.attributes();
  const std::vector<Attribute> right = b.attributes();
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Attribute& x, const Attribute& y) {
                      return x.name == y.name && x.value == y.value;
                    });
}

size_t hash_of(const Op& op) {
  size_t hash = std::hash<std::string_view>{}(op.name());
  for (const Attribute& attribute : op.attributes()) {
    hash = (hash ^ hash_of(attribute.value)) * 0x9e3779b97f4a7c15ULL;
  }
  return hash;
}

}  // namespace weft
