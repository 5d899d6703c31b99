#pragma once
#include <string>

namespace weft {

/// A whole page in the report's style; `title` is plain text, `switches` and `body` are HTML.
std::string page_html(const std::string& title, const std::string& switches, const std::string& body);

/// Radio buttons that the style sheet looks at, so that charts need no script: by what they are read, and
/// whether on a logarithmic axis. They stand before all that they change. `by_epoch`: epochs are known.
std::string switches_html(bool by_epoch);
/// The labels that are pressed; `logarithmic` says of what.
std::string switch_labels_html(bool by_epoch, const std::string& logarithmic);

}  // namespace weft
