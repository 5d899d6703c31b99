#pragma once
// What a recipe names by a key such as model.kind: a struct that says its name, what it is and its own keys,
// and is registered from its own file. No list of kinds is kept anywhere.
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/base/check.h"
#include "weft/recipe/complaint.h"
#include "weft/recipe/keys.h"

namespace weft {

struct Recipe;

/// A kind with the values of its keys; it never changes.
class Kind {
 public:
  virtual ~Kind() = default;
  virtual std::string_view name() const = 0;     ///< as recipes name it
  virtual std::string_view meaning() const = 0;  ///< a line of docs/recipes.md
  virtual std::vector<KeyInfo> keys() const = 0;
  struct Changed {
    std::shared_ptr<const Kind> kind;  ///< null where the value does not fit
    std::string why;                   ///< then, where the key's type can tell
  };
  /// A copy with another value of a key that it has.
  virtual Changed with(std::string_view key, const RecipeValue& value) const = 0;
  /// The first rule between keys that `recipe`, which has chosen this, breaks.
  virtual Complaint check(const Recipe& /*recipe*/) const { return std::nullopt; }

  bool has(std::string_view key) const;
  /// InternalError where it has no such key.
  RecipeValue get(std::string_view key) const;
};

/// Whether both are the same kind with the same values.
bool equal(const Kind* a, const Kind* b);

/// What a kind derives from: `Base` is its sort (Model, Loss, …), itself derived from Kind. `Self` has kName,
/// kMeaning and visit (recipe/keys.h), and can be made without arguments; visit may be left out.
template <class Self, class Base>
class KindOf : public Base {
 public:
  std::string_view name() const final { return Self::kName; }
  std::string_view meaning() const final { return Self::kMeaning; }
  std::vector<KeyInfo> keys() const final {
    KeyLister lister;
    Self::visit(lister, static_cast<const Self&>(*this));
    return std::move(lister.keys);
  }
  Kind::Changed with(std::string_view key, const RecipeValue& value) const final {
    auto changed = std::make_shared<Self>(static_cast<const Self&>(*this));
    KeySetter setter(key, value);
    Self::visit(setter, *changed);
    if (!setter.fit) return {nullptr, std::move(setter.fit.why)};
    return {std::move(changed), {}};
  }

  template <class Visitor, class AnySelf>
  static void visit(Visitor& /*key*/, AnySelf& /*self*/) {}

 private:
  friend Self;
  KindOf() = default;
};

/// All kinds of one sort, in the order of their files' names.
template <class Base>
class KindsOf {
 public:
  using Pointer = std::shared_ptr<const Base>;
  /// InternalError where one is called so already.
  template <class K>
  void add() {
    WEFT_CHECK(find(K::kName) == nullptr, "two kinds are called {}", K::kName);
    list_.push_back(std::make_shared<const K>());
  }
  /// Those that `add_all`, a generated function, registers.
  static KindsOf from(void (*add_all)(KindsOf&)) {
    KindsOf kinds;
    add_all(kinds);
    return kinds;
  }
  const std::vector<Pointer>& list() const { return list_; }
  std::vector<std::string_view> names() const {
    return names_where([](const Base&) { return true; });
  }
  /// Of those for which `fits(kind)`.
  template <class Fits>
  std::vector<std::string_view> names_where(const Fits& fits) const {
    std::vector<std::string_view> names;
    for (const Pointer& kind : list_) {
      if (fits(*kind)) names.push_back(kind->name());
    }
    return names;
  }
  /// Null where none is called so.
  Pointer find(std::string_view name) const {
    for (const Pointer& kind : list_) {
      if (kind->name() == name) return kind;
    }
    return nullptr;
  }

 private:
  std::vector<Pointer> list_;
};

/// Which kind a recipe has chosen, if any; copies share it. Of what sort it is, a Choice says.
class AnyChoice {
 public:
  const Kind* held() const { return held_.get(); }
  /// Another value of a key that the kind has: what is held then is a changed copy.
  KeyFit set(std::string_view key, const RecipeValue& value) {
    Kind::Changed changed = held_->with(key, value);
    if (changed.kind == nullptr) return {false, std::move(changed.why)};
    held_ = std::move(changed.kind);
    return {true, {}};
  }
  explicit operator bool() const { return held_ != nullptr; }
  bool operator==(const AnyChoice& other) const { return equal(held(), other.held()); }

 private:
  template <class Base>
  friend class Choice;
  AnyChoice() = default;
  std::shared_ptr<const Kind> held_;
};

/// A choice among kinds of one sort. `Base` may be incomplete until it is asked for.
template <class Base>
class Choice : public AnyChoice {
 public:
  Choice() = default;
  void hold(std::shared_ptr<const Base> kind) { held_ = std::move(kind); }
  const Base* operator->() const { return static_cast<const Base*>(held()); }
  const Base& operator*() const { return static_cast<const Base&>(*held()); }
};

/// Several kinds of one sort, without keys of their own.
template <class Base>
class Choices {
 public:
  void add(Choice<Base> choice) { list_.push_back(std::move(choice)); }
  const std::vector<Choice<Base>>& list() const { return list_; }
  bool operator==(const Choices&) const = default;

 private:
  std::vector<Choice<Base>> list_;
};

/// All kinds of a sort, each with its keys, as a part of another kind.
template <class Base>
class Bundle {
 public:
  using Pointer = std::shared_ptr<const Base>;
  const std::vector<Pointer>& list() const { return list_; }
  /// The first rule that a recipe which has chosen them breaks.
  Complaint check(const Recipe& recipe) const {
    for (const Pointer& kind : list_) {
      if (Complaint complaint = kind->check(recipe)) return complaint;
    }
    return std::nullopt;
  }
  /// Nothing where none of them has the key.
  std::optional<KeyFit> set(std::string_view key, const RecipeValue& value) {
    for (Pointer& kind : list_) {
      if (!kind->has(key)) continue;
      Kind::Changed changed = kind->with(key, value);
      if (changed.kind) kind = std::static_pointer_cast<const Base>(changed.kind);
      return KeyFit{changed.kind != nullptr, std::move(changed.why)};
    }
    return std::nullopt;
  }

 private:
  std::vector<Pointer> list_ = Base::kinds().list();
};

}  // namespace weft
