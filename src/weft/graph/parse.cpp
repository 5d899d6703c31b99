#include "weft/graph/parse.h"

#include <charconv>

#include "weft/base/check.h"
#include "weft/graph/schema.h"

namespace weft {

namespace {

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// The parts between commas outside of brackets; none for an empty text.
std::vector<std::string_view> comma_separated(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[') ++depth;
    if (text[i] == ']') --depth;
    if (text[i] != ',' || depth > 0) continue;
    parts.push_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  if (const std::string_view last = trimmed(text.substr(begin)); !last.empty()) parts.push_back(last);
  return parts;
}

template <class T>
std::optional<T> number_in(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Whatever kind the text looks like: attributes turn integers into what they need.
AttributeValue value_in(std::string_view text) {
  if (text == "true" || text == "false") return {text == "true"};
  if (text.starts_with('[') && text.ends_with(']')) {
    AttributeValue::List list;
    for (const std::string_view part : comma_separated(text.substr(1, text.size() - 2))) {
      list.push_back(value_in(part));
    }
    return {std::move(list)};
  }
  if (const auto number = number_in<int64_t>(text)) return {*number};
  if (const auto number = number_in<uint64_t>(text)) return {*number};
  if (const auto number = number_in<double>(text)) return {*number};
  return {std::string(text)};
}

class Parser {
 public:
  explicit Parser(const OpRegistry& ops) : ops_(ops) {}

  Graph run(std::string_view text) {
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      ++number_;
      line_ = text.substr(0, end);
      if (!trimmed(line_).empty()) line();
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(build_).build();
  }

 private:
  void line() {
    std::string_view rest = trimmed(line_.substr(0, line_.find("  # ")));
    remark();
    for (const std::string_view kind : {"input ", "state ", "parameter "}) {
      if (rest.starts_with(kind)) return named(kind, rest.substr(kind.size()));
    }
    if (rest.starts_with("output ")) {
      rest.remove_prefix(7);
      const auto [name, value] = halves(rest, " = ");
      return build_.output(std::string(name), value_of(value));
    }
    if (rest.find(" <- ") != std::string_view::npos) {
      const auto [state, next] = halves(rest, " <- ");
      return build_.update(value_of(state), value_of(next));
    }
    node(rest);
  }

  /// "# PHASE LABEL": of the nodes, updates and outputs.
  void remark() {
    const size_t at = line_.find("  # ");
    if (at == std::string_view::npos) return;
    const std::string_view text = line_.substr(at + 4);
    const std::string_view name = text.substr(0, text.find(' '));
    build_.label = text.substr(std::min(name.size() + 1, text.size()));
    for (const Phase phase : kPhases) {
      if (name_of(phase) != name) continue;
      build_.phase = phase;
      return;
    }
    wrong("there is no phase", name);
  }

  /// "@x: f32[4, 8] (batch, channel)"
  void named(std::string_view kind, std::string_view rest) {
    const auto [name, about] = halves(rest, ": ");
    if (!name.starts_with('@')) wrong("expected @NAME in place of", name);
    const size_t paren = about.find(" (");
    const TensorType type = type_in(about.substr(0, paren));
    std::vector<std::string> dims(type.shape.size());
    if (paren != std::string_view::npos) {
      dims.clear();
      for (const std::string_view dim : comma_separated(about.substr(paren + 2, about.size() - paren - 3))) {
        dims.emplace_back(dim);
      }
    }
    const std::string plain(name.substr(1));
    values_[std::string(name)] = kind == "input " ? build_.input(plain, type, std::move(dims))
                                                  : build_.state(plain, type, {}, kind == "parameter ");
  }

  /// "%2, %3 = op(@x, %1) a=1 b=[2, 3]: f32[4], f32[4]"
  void node(std::string_view rest) {
    const auto [results, call] = halves(rest, " = ");
    const size_t open = call.find('(');
    const size_t close = call.find(')', std::min(open, call.size()));
    if (close == std::string_view::npos) wrong("expected OP(VALUES) in place of", call);
    const std::string_view name = call.substr(0, open);
    std::vector<ValueId> inputs;
    for (const std::string_view input : comma_separated(call.substr(open + 1, close - open - 1))) {
      inputs.push_back(value_of(input));
    }
    std::string_view about = call.substr(close + 1);
    std::string_view types;
    if (const size_t at = about.rfind(": "); at != std::string_view::npos) {
      types = about.substr(at + 2);
      about = about.substr(0, at);
    }
    const std::vector<ValueId> outputs = build_.add(op(name, trimmed(about)), std::move(inputs));
    const std::vector<std::string_view> names = comma_separated(results);
    if (names.size() != outputs.size()) wrong("another number of results than the op has:", results);
    for (size_t i = 0; i < names.size(); ++i) values_[std::string(names[i])] = outputs[i];
    const std::vector<std::string_view> said = comma_separated(types);
    for (size_t i = 0; i < said.size(); ++i) {
      if (i >= outputs.size() || type_in(said[i]) != build_.type(outputs[i]))
        wrong("not the result's type:", said[i]);
    }
  }

  OpPtr op(std::string_view name, std::string_view attributes) {
    const auto found = ops_.definitions().find(name);
    if (found == ops_.definitions().end()) wrong("there is no op", name);
    AttributeValues values;
    const std::vector<Attribute> known = found->second.prototype->attributes();
    for (size_t i = 0; i < known.size(); ++i) {
      const std::string key = std::string(known[i].name) + "=";
      if (!attributes.starts_with(key)) wrong("expected " + key + " in place of", attributes);
      size_t end = attributes.size();
      if (i + 1 < known.size())
        end = std::min(end, attributes.find(" " + std::string(known[i + 1].name) + "="));
      const std::string_view text = attributes.substr(key.size(), end - key.size());
      const bool is_text = std::holds_alternative<std::string>(known[i].value.value);
      values.emplace(known[i].name, is_text ? AttributeValue{std::string(text)} : value_in(text));
      attributes.remove_prefix(std::min(end + 1, attributes.size()));
    }
    if (!attributes.empty()) wrong("the op has no attribute", attributes);
    try {
      return found->second.prototype->with_attributes(values);
    } catch (const UserError& error) {
      user_error("line {} of the graph: {}", number_, error.what());
    }
  }

  TensorType type_in(std::string_view text) const {
    const size_t open = text.find('[');
    for (const DType dtype : kDTypes) {
      if (open == std::string_view::npos || name_of(dtype) != text.substr(0, open)) continue;
      return {dtype, AttributeCodec<Dims>::from(value_in(text.substr(open)))};
    }
    wrong("expected a type, as in f32[4, 8], in place of", text);
  }

  ValueId value_of(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) wrong("there is no value", name);
    return found->second;
  }

  std::pair<std::string_view, std::string_view> halves(std::string_view text,
                                                       std::string_view between) const {
    const size_t at = text.find(between);
    if (at == std::string_view::npos) wrong("got", text);
    return {trimmed(text.substr(0, at)), trimmed(text.substr(at + between.size()))};
  }

  [[noreturn]] void wrong(std::string_view what, std::string_view got) const {
    user_error("line {} of the graph: {} {}", number_, what, got);
  }

  const OpRegistry& ops_;
  GraphBuilder build_;
  std::map<std::string, ValueId, std::less<>> values_;
  std::string_view line_;
  int number_ = 0;
};

}  // namespace

Graph parse_graph(std::string_view text, const OpRegistry& ops) { return Parser(ops).run(text); }

}  // namespace weft
