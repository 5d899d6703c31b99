#include "weft/store/json_text.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace weft {

namespace {

using Json = nlohmann::json;

/// Ends the parse at the first event that is not wanted.
class Watch final : public nlohmann::json_sax<Json> {
 public:
  explicit Watch(int deepest) : deepest_(static_cast<size_t>(deepest)) {}

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(size_t /*size*/) override { return open(); }
  bool key(string_t& name) override { return keys_.back().insert(name).second; }
  bool end_object() override { return close(); }
  bool start_array(size_t /*size*/) override { return open(); }
  bool end_array() override { return close(); }
  bool parse_error(size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  bool open() {
    keys_.emplace_back();
    return keys_.size() <= deepest_;
  }
  bool close() {
    keys_.pop_back();
    return true;
  }

  size_t deepest_;
  std::vector<std::set<std::string>> keys_;  ///< of what is open
};

}  // namespace

bool is_sound_json(std::string_view text, int deepest) {
  Watch watch(deepest);
  return Json::sax_parse(text, &watch);
}

}  // namespace weft
