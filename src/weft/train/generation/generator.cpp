#include "weft/train/generation/generator.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/tasks/generation_graph.h"
#include "weft/tensor/with_dtype.h"

namespace weft {

namespace {

/// Prompts are padded to a multiple of this, so that few Programs serve all.
constexpr int64_t kPromptStep = 64;

void read(const View& view, std::vector<double>& values) {
  values.resize(static_cast<size_t>(view.elems()));
  with_floating(view.type.dtype, [&](auto element) {
    using T = decltype(element);
    const T* from = view.as<T>();
    std::transform(from, from + view.elems(), values.begin(), element_cast<double, T>);
  });
}

}  // namespace

Generator::Generator(Session& session) : session_(session), context_(0) {
  const DataFacts& facts = session.data().facts;
  check_generates(session.recipe(), facts);
  context_ = facts.input.shape[0];
}

/// A Program whose prompt has room for so many tokens.
void Generator::make_room_for(int64_t tokens) {
  const int64_t room = executor_ ? executor_->program().named.at("prompt").where.global_type.shape[1] : 0;
  if (tokens <= room) return;
  const int64_t length = std::min(context_, (tokens + kPromptStep - 1) / kPromptStep * kPromptStep);
  const Graph graph = build_generation_graph(session_.recipe(), session_.data().facts, length);
  PlanOptions options;
  options.rank = session_.world().rank();
  executor_.reset();
  executor_ = session_.attach(plan_graph(graph, session_.recipe(), std::move(options)).program);
}

std::span<const double> Generator::begin(std::span<const int32_t> tokens) {
  WEFT_CHECK(!tokens.empty(), "a generator begins with no token");
  const auto count = std::min<size_t>(tokens.size(), static_cast<size_t>(context_));
  tokens_.assign(tokens.end() - static_cast<std::ptrdiff_t>(count), tokens.end());
  make_room_for(std::ssize(tokens_));
  executor_->refresh();  // weights may have changed since
  // A rank that has no part of the batch has no prompt.
  const View prompt = executor_->view("prompt");
  if (prompt.elems() > 0) {
    std::fill_n(prompt.as<int32_t>(), prompt.elems(), 0);
    std::ranges::copy(tokens_, prompt.as<int32_t>());
  }
  *executor_->view("last").as<int64_t>() = std::ssize(tokens_) - 1;
  return run("prompt");
}

std::span<const double> Generator::next(int32_t token) {
  WEFT_CHECK(executor_ != nullptr, "a generator goes on before it began");
  if (std::ssize(tokens_) == context_) {
    std::vector<int32_t> later(tokens_.end() - static_cast<std::ptrdiff_t>(context_ / 2), tokens_.end());
    later.push_back(token);
    return begin(later);
  }
  tokens_.push_back(token);
  const View view = executor_->view("token");
  if (view.elems() > 0) *view.as<int32_t>() = token;
  *executor_->view("position").as<int64_t>() = std::ssize(tokens_) - 1;
  return run("token");
}

std::span<const double> Generator::run(const char* segment) {
  const SegmentId id = executor_->program().at(segment);
  executor_->run(id);
  read(executor_->output(id, "logits"), logits_);
  return logits_;
}

}  // namespace weft
