#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "weft/base/check.h"
#include "weft/expression/text.h"

namespace weft {

namespace {

constexpr int kDeepest = 200;
constexpr int kLoosest = 1;  // precedence of comparisons
constexpr int kMostOperands = 1000;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Each method reads one piece of the grammar in text.h.
class Parser {
 public:
  Parser(std::string_view text, std::span<const OperandName> names) : text_(text), operands_(names) {}

  Expression run() {
    while (const std::optional<std::string_view> name = definition_ahead()) {
      if (names_.contains(*name)) expected("a name that is new");
      const Scalar value = scalar(kLoosest);
      names_.emplace(*name, value);
      require(";");
    }
    std::vector<Scalar> results{scalar(kLoosest)};
    while (accept(",")) results.push_back(scalar(kLoosest));
    skip_space();
    if (at_ != text_.size()) expected("an operator or the end");
    return build_.build(results);
  }

 private:
  [[noreturn]] void expected(std::string_view what) const {
    std::string shown(text_.substr(0, 200));
    user_error("expression \"{}\": got {} at column {}, expected {}.", shown,
               at_ < text_.size() ? "'" + std::string(1, text_[at_]) + "'" : "the end", at_ + 1, what);
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool accept(std::string_view symbol) {
    skip_space();
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    return true;
  }
  void require(std::string_view symbol) {
    if (!accept(symbol)) expected("'" + std::string(symbol) + "'");
  }

  std::string_view word() {
    skip_space();
    const size_t begin = at_;
    if (at_ < text_.size() && is_letter(text_[at_])) {
      while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  /// The name of `name = …`, passed over; nothing where something else follows.
  std::optional<std::string_view> definition_ahead() {
    const size_t begin = at_;
    const std::string_view name = word();
    skip_space();
    const std::string_view rest = text_.substr(at_);
    if (!name.empty() && rest.starts_with("=") && !rest.starts_with("==")) {
      ++at_;
      return name;
    }
    at_ = begin;
    return std::nullopt;
  }

  /// The operator of two arguments that follows, if it binds at least as close as `least`; not passed over.
  const Function* operator_ahead(int least) {
    skip_space();
    const Function* found = nullptr;
    for (const Function& row : functions()) {
      if (row.arity != 2 || row.symbol.empty() || !text_.substr(at_).starts_with(row.symbol)) continue;
      if (found == nullptr || row.symbol.size() > found->symbol.size()) found = &row;
    }
    return found != nullptr && found->precedence >= least ? found : nullptr;
  }

  Scalar scalar(int least) {
    if (++depth_ > kDeepest) expected("less nesting");
    Scalar left = signed_scalar();
    while (const Function* row = operator_ahead(least)) {
      at_ += row->symbol.size();
      const Scalar right = scalar(row->precedence + 1);
      left = build_.call(*row, std::array{left, right});
      if (row->precedence == kLoosest) break;
    }
    --depth_;
    return left;
  }

  Scalar signed_scalar() {
    const Function& sign = function("neg");
    if (!accept(sign.symbol)) return primary();
    if (const std::optional<Scalar> constant = number(-1)) return *constant;
    return build_.call(sign, std::array{scalar(sign.precedence)});
  }

  Scalar primary() {
    if (accept("(")) {
      const Scalar inner = scalar(kLoosest);
      require(")");
      return inner;
    }
    if (const std::optional<Scalar> constant = number(1)) return *constant;
    const size_t begin = at_;
    const std::string_view name = word();
    if (const auto found = names_.find(name); found != names_.end()) return found->second;
    if (name == "true" || name == "false") return build_.boolean(name == "true");
    if (name == "index") return index();
    if (name == "random") return random();
    if (const std::optional<Scalar> found = operand(name)) return *found;
    if (const Function* row = find_function(name)) return call(*row);
    at_ = begin;
    skip_space();
    expected("a number, an operand or a function");
  }

  /// A number times `sign`, if one follows.
  std::optional<Scalar> number(double sign) {
    skip_space();
    for (const std::string_view name : {"inf", "nan"}) {
      if (!text_.substr(at_).starts_with(name)) continue;
      const size_t end = at_ + name.size();
      if (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) continue;
      at_ = end;
      return build_.constant(sign * (name == "inf" ? INFINITY : NAN));
    }
    if (at_ == text_.size() || (!is_digit(text_[at_]) && text_[at_] != '.')) return std::nullopt;
    double value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc()) expected("a number that fits");
    const std::string_view read(begin, static_cast<size_t>(end - begin));
    const bool real = read.find_first_of(".eE") != std::string_view::npos;
    if (!real && value >= kIntegerBound) expected("an integer below 2^31, or a real");
    at_ += read.size();
    return real ? build_.constant(sign * value) : build_.integer(sign * value);
  }

  template <class T>
  T whole_number() {
    skip_space();
    T value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || value < T(0)) expected("a whole number");
    at_ += static_cast<size_t>(end - begin);
    return value;
  }

  int axis() {
    const int value = whole_number<int>();
    if (value >= kMostOperands) expected("an axis below 1000");
    return value;
  }

  Scalar index() {
    require("[");
    const int of = axis();
    require("]");
    return build_.index(of);
  }

  Scalar random() {
    require("[");
    const auto seed = whole_number<uint64_t>();
    require(",");
    const auto stream = whole_number<uint64_t>();
    std::vector<int> axes;
    while (accept(",")) axes.push_back(axis());
    require("]");
    require("(");
    const Scalar step = scalar(kLoosest);
    require(")");
    return build_.random(seed, stream, step, std::move(axes));
  }

  std::optional<Scalar> operand(std::string_view name) {
    for (const OperandName& known : operands_) {
      if (known.name == name) return build_.operand(known.operand, known.type);
    }
    if (name.size() < 2) return std::nullopt;
    const std::optional<ScalarType> type = type_of_letter(name[0]);
    int at = 0;
    if (!type) return std::nullopt;
    const char* end = name.data() + name.size();
    const auto [read, error] = std::from_chars(name.data() + 1, end, at);
    if (read != end || error != std::errc() || at >= kMostOperands) return std::nullopt;
    return build_.operand(at, *type);
  }

  Scalar call(const Function& row) {
    require("(");
    std::vector<Scalar> arguments{scalar(kLoosest)};
    while (accept(",")) arguments.push_back(scalar(kLoosest));
    require(")");
    return build_.call(row, arguments);
  }

  std::string_view text_;
  std::span<const OperandName> operands_;
  size_t at_ = 0;
  int depth_ = 0;
  std::map<std::string_view, Scalar> names_;
  ExpressionBuilder build_;
};

}  // namespace

Expression parse_expression(std::string_view text) { return Parser(text, {}).run(); }

Expression parse_expression(std::string_view text, std::span<const OperandName> names) {
  return Parser(text, names).run();
}

}  // namespace weft
