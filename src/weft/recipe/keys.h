#pragma once
// The keys of a struct, said once, in the struct: from one visit follow the table of keys and with it
// parsing, defaults, checks, overrides, printing and docs/recipes.md. A struct says
//
//   template <class Visitor, class Self> static void visit(Visitor& key, Self& self) {
//     key("depth", self.depth, at_least(8), "layers with weights");
//     key.required("path", self.path, "file or folder of the training data");
//   }
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/recipe/conversion.h"
#include "weft/recipe/interval.h"

namespace weft {

/// In the place of a choice's default: there is none.
inline constexpr std::string_view kRequired = "*";

/// What a visit says of a key. A name with a dot, "log.prompt", is of that section, not of the struct's own.
struct KeyFacts {
  std::string_view name;
  std::string_view meaning;
  Interval interval;
  bool is_required = false;
  bool is_free =
      false;  ///< may change when a run goes on: it changes nothing that is learnt, but for rounding
};

/// The two ways to name a key, each with and without an interval, as one call of Derived::key(facts, member).
/// Derived also has bundle(member) for a list of kinds whose keys are all there (recipe/kind.h).
template <class Derived>
class KeyVisitor {
 public:
  template <class T>
  void operator()(std::string_view name, T& member, std::string_view meaning) {
    derived().key(KeyFacts{.name = name, .meaning = meaning}, member);
  }
  template <class T>
  void operator()(std::string_view name, T& member, Interval interval, std::string_view meaning) {
    derived().key(KeyFacts{.name = name, .meaning = meaning, .interval = std::move(interval)}, member);
  }
  template <class T>
  void required(std::string_view name, T& member, std::string_view meaning) {
    derived().key(KeyFacts{.name = name, .meaning = meaning, .is_required = true}, member);
  }
  template <class T>
  void required(std::string_view name, T& member, Interval interval, std::string_view meaning) {
    derived().key(
        KeyFacts{.name = name, .meaning = meaning, .interval = std::move(interval), .is_required = true},
        member);
  }
  /// Of a key that may change when a run goes on, see KeyFacts.
  template <class T>
  void free(std::string_view name, T& member, std::string_view meaning) {
    derived().key(KeyFacts{.name = name, .meaning = meaning, .is_free = true}, member);
  }
  template <class T>
  void free(std::string_view name, T& member, Interval interval, std::string_view meaning) {
    derived().key(
        KeyFacts{.name = name, .meaning = meaning, .interval = std::move(interval), .is_free = true}, member);
  }
  /// A member that is one of the registered kinds, named by the key `name`; `initial`, or kRequired, where
  /// the recipe names none ("": none is chosen, which means what `meaning` says). Sections alone have such
  /// members.
  template <class Choice>
  void choice(std::string_view /*name*/, Choice& /*member*/, std::string_view /*initial*/,
              std::string_view /*meaning*/) {}
  /// A member that is several of the registered kinds, in a list of their names; none at the start. The key
  /// is free: what a run measures may change.
  template <class Choices>
  void choices(std::string_view /*name*/, Choices& /*member*/, std::string_view /*meaning*/) {}

 private:
  friend Derived;
  KeyVisitor() = default;
  Derived& derived() { return static_cast<Derived&>(*this); }
};

/// A key as people see it.
struct KeyInfo {
  std::string name;
  std::string meaning;
  std::string expected;  ///< "an integer of at least 1"
  bool is_required = false;
  bool is_text = false;
  RecipeValue initial;
  bool is_free = false;  ///< see KeyFacts
};

/// Whether a value fits a key; else, where the type can tell, why not.
struct KeyFit {
  bool fits = false;
  std::string why;
  explicit operator bool() const { return fits; }
};

/// Whether values are strings in TOML, whatever they look like: an override needs no quotes then.
template <class T>
constexpr bool is_written_as_text() {
  if constexpr (requires { Conversion<T>::kIsText; }) return Conversion<T>::kIsText;
  return std::is_same_v<T, std::string>;
}

/// All keys, in order, with the values that they have.
class KeyLister : public KeyVisitor<KeyLister> {
 public:
  template <class T>
  void key(const KeyFacts& facts, const T& member) {
    add(facts, Conversion<T>::expected(), is_written_as_text<T>(), Conversion<T>::to(member));
  }
  template <class Bundle>
  void bundle(const Bundle& kinds) {
    for (const auto& kind : kinds.list()) {
      for (KeyInfo& info : kind->keys()) keys.push_back(std::move(info));
    }
  }
  std::vector<KeyInfo> keys;

 private:
  void add(const KeyFacts& facts, std::string expected, bool is_text, RecipeValue value);
};

/// Sets the key `name`.
class KeySetter : public KeyVisitor<KeySetter> {
 public:
  KeySetter(std::string_view name, const RecipeValue& value) : name_(name), value_(value) {}
  template <class T>
  void key(const KeyFacts& facts, T& member) {
    if (facts.name != name_) return;
    std::optional<T> converted = Conversion<T>::from(value_);
    fit.fits = converted && facts.interval.holds_all(value_);
    if (fit.fits) {
      member = *std::move(converted);
    } else if constexpr (requires { Conversion<T>::why_not(value_); }) {
      fit.why = Conversion<T>::why_not(value_);
    }
  }
  template <class Bundle>
  void bundle(Bundle& kinds) {
    if (const std::optional<KeyFit> made = kinds.set(name_, value_)) fit = *made;
  }
  KeyFit fit;

 private:
  std::string_view name_;
  const RecipeValue& value_;
};

}  // namespace weft
