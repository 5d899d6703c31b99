#pragma once
#include <memory>
#include <span>
#include <vector>

#include "weft/train/session/session.h"

namespace weft {

/// Goes on with a sequence of tokens, one at a time: each costs a walk over the weights and over what is kept
/// of the tokens before it. Where the model's context is full, the later half of it becomes the prompt of a
/// new beginning.
class Generator {
 public:
  /// `session` must outlive this. UserError where its model generates nothing.
  explicit Generator(Session& session);

  /// Collective. Begins with these tokens, at least one, of which those count that the context has room for:
  /// the last. Logits of what comes next, one for each id that the model has. Valid until the next call.
  std::span<const double> begin(std::span<const int32_t> tokens);
  /// Collective. One token more.
  std::span<const double> next(int32_t token);

 private:
  void make_room_for(int64_t tokens);
  std::span<const double> run(const char* segment);

  Session& session_;
  int64_t context_;
  std::unique_ptr<Executor> executor_;
  std::vector<int32_t> tokens_;  ///< that stand in the context
  std::vector<double> logits_;
};

}  // namespace weft
