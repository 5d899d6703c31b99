#pragma once
// Makes the table of keys from the visits of the sections. Whoever calls it includes the sorts of kinds that
// the sections choose from.
#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include "weft/base/check.h"
#include "weft/recipe/table.h"

namespace weft {

/// Finds the member `name` of a section that is a `Found`, or derives from it.
template <class Found>
class MemberFinder : public KeyVisitor<MemberFinder<Found>> {
 public:
  explicit MemberFinder(std::string_view name) : name_(name) {}
  template <class T>
  void key(const KeyFacts& /*facts*/, T& /*member*/) {}
  template <class T>
  void choice(std::string_view name, T& member, std::string_view /*initial*/, std::string_view /*meaning*/) {
    look_at(name, member);
  }
  template <class T>
  void choices(std::string_view name, T& member, std::string_view /*meaning*/) {
    look_at(name, member);
  }
  Found* found = nullptr;

 private:
  template <class T>
  void look_at(std::string_view name, T& member) {
    if constexpr (std::is_convertible_v<T*, Found*>) {
      if (name == name_) found = &member;
    }
  }

  std::string_view name_;
};

/// The rows of one section, `member` of a Recipe, added when it is made.
template <class Section>
class SectionRows : public KeyVisitor<SectionRows<Section>> {
 public:
  SectionRows(RecipeTable& table, Section Recipe::*member) : table_(table), member_(member) {
    table_.sections.push_back({std::string(Section::kName), std::string(Section::kMeaning)});
    const Section defaults;
    Section::visit(*this, defaults);
    for (RecipeKey& row : of_kinds_) table_.keys.push_back(std::move(row));
  }

  template <class T>
  void key(const KeyFacts& facts, const T& initial) {
    KeyLister lister;
    lister.key(facts, initial);
    RecipeKey& row = add(std::move(lister.keys.front()));
    const std::string name = row.info.name;
    row.set = [member = member_, name](Recipe& recipe, const RecipeValue& value) {
      KeySetter setter(name, value);
      Section::visit(setter, recipe.*member);
      return setter.fit;
    };
    row.get = [member = member_, name](const Recipe& recipe) {
      KeyLister all;
      Section::visit(all, recipe.*member);
      const auto found = std::ranges::find(all.keys, name, &KeyInfo::name);
      return found->initial;
    };
  }

  template <class Base>
  void choice(std::string_view name, const Choice<Base>& /*initial*/, std::string_view initial,
              std::string_view meaning) {
    const std::string key(name);
    const std::vector<std::string_view> names = Base::kinds().names();
    const auto usual = Base::kinds().find(initial);
    // A default that is not built is none.
    const bool required = initial == kRequired || (!initial.empty() && usual == nullptr);
    RecipeKey& row =
        add({key, std::string(meaning), one_of(names), required, true, {std::string(initial)}, false});
    row.is_choice = true;
    row.set = [member = member_, key](Recipe& recipe, const RecipeValue& value) {
      const std::string* text = value.as<std::string>();
      auto kind = text == nullptr ? nullptr : Base::kinds().find(*text);
      if (kind == nullptr) return KeyFit{};
      found_in<Choice<Base>>(recipe.*member, key).hold(std::move(kind));
      return KeyFit{true, {}};
    };
    row.get = [member = member_, key](const Recipe& recipe) {
      const Kind* kind = found_in<const AnyChoice>(recipe.*member, key).held();
      return RecipeValue{std::string(kind == nullptr ? "" : kind->name())};
    };
    if (usual) found_in<Choice<Base>>(table_.initial.*member_, key).hold(usual);
    table_.choices.push_back([member = member_, key](const Recipe& recipe) -> const AnyChoice& {
      return found_in<const AnyChoice>(recipe.*member, key);
    });
    for (const auto& kind : Base::kinds().list()) add_keys_of(kind, key);
  }

  template <class Base>
  void choices(std::string_view name, const Choices<Base>& /*initial*/, std::string_view meaning) {
    const std::string key(name);
    RecipeKey& row = add({key,
                          std::string(meaning),
                          "a list of " + any_of(Base::kinds().names()),
                          false,
                          false,
                          {RecipeValue::List{}},
                          true});
    row.set = [member = member_, key](Recipe& recipe, const RecipeValue& value) {
      const auto* list = value.as<RecipeValue::List>();
      if (list == nullptr) return KeyFit{};
      Choices<Base> chosen;
      for (const RecipeValue& item : *list) {
        const std::string* text = item.as<std::string>();
        auto kind = text == nullptr ? nullptr : Base::kinds().find(*text);
        if (kind == nullptr) return KeyFit{};
        const auto is_same = [&](const Choice<Base>& other) { return other->name() == kind->name(); };
        if (std::ranges::any_of(chosen.list(), is_same)) {
          return KeyFit{false, fmt::format("\"{}\" stands there twice", *text)};
        }
        Choice<Base> choice;
        choice.hold(std::move(kind));
        chosen.add(std::move(choice));
      }
      found_in<Choices<Base>>(recipe.*member, key) = std::move(chosen);
      return KeyFit{true, {}};
    };
    row.get = [member = member_, key](const Recipe& recipe) {
      RecipeValue::List names;
      for (const Choice<Base>& choice : found_in<const Choices<Base>>(recipe.*member, key).list())
        names.push_back({std::string(choice->name())});
      return RecipeValue{std::move(names)};
    };
    for (const auto& kind : Base::kinds().list()) {
      const Condition when{fmt::format("{}.{}", Section::kName, key), std::string(kind->name())};
      table_.kinds.push_back({when, std::string(kind->meaning())});
    }
  }

 private:
  /// The member `key` of `section`.
  template <class Found, class AnySection>
  static Found& found_in(AnySection& section, const std::string& key) {
    MemberFinder<Found> finder(key);
    Section::visit(finder, section);
    WEFT_CHECK(finder.found != nullptr, "[{}] has no choice {}", Section::kName, key);
    return *finder.found;
  }

  RecipeKey& add(KeyInfo info) {
    RecipeKey row;
    row.section = Section::kName;
    row.info = std::move(info);
    table_.keys.push_back(std::move(row));
    return table_.keys.back();
  }

  void add_keys_of(const std::shared_ptr<const Kind>& kind, const std::string& chosen_by) {
    const Condition when{fmt::format("{}.{}", Section::kName, chosen_by), std::string(kind->name())};
    table_.kinds.push_back({when, std::string(kind->meaning())});
    for (KeyInfo& info : kind->keys()) {
      RecipeKey row;
      const std::string name = info.name;
      const size_t dot = name.find('.');
      row.section = dot == std::string::npos ? std::string(Section::kName) : name.substr(0, dot);
      row.info = std::move(info);
      if (dot != std::string::npos) row.info.name = name.substr(dot + 1);
      row.when = when;
      row.set = [member = member_, chosen_by, name](Recipe& recipe, const RecipeValue& value) {
        return found_in<AnyChoice>(recipe.*member, chosen_by).set(name, value);
      };
      row.get = [member = member_, chosen_by, name, kind](const Recipe& recipe) {
        const Kind* held = found_in<const AnyChoice>(recipe.*member, chosen_by).held();
        return held != nullptr && held->name() == kind->name() ? held->get(name) : kind->get(name);
      };
      of_kinds_.push_back(std::move(row));
    }
  }

  RecipeTable& table_;
  Section Recipe::*member_;
  std::vector<RecipeKey> of_kinds_;  ///< they follow the section's own
};

/// Adds a section: `member` of a Recipe.
template <class Section>
void add_section(RecipeTable& table, Section Recipe::*member) {
  [[maybe_unused]] const SectionRows<Section> rows(table, member);
}

/// Puts rows that kinds of one section have in another beside that section's own.
void gather_sections(RecipeTable& table);

}  // namespace weft
