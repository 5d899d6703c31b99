#pragma once
// A decoder-only transformer (GPT-2: Radford et al., 2019).
#include "weft/ops/gelu.h"
#include "weft/params/parameters.h"

namespace weft {

struct GptConfig {
  enum class Activation : uint8_t { gelu_tanh, gelu_erf, relu };
  int64_t layers = 4;
  int64_t heads = 4;
  int64_t width = 128;  ///< divisible by heads
  int64_t context = 64;
  int64_t vocabulary = 256;
  int64_t mlp_ratio = 4;
  bool bias = true;
  bool tied = true;
  Activation activation = Activation::gelu_tanh;
  double dropout = 0;
  DType dtype = DType::f32;  ///< of the activations
  uint64_t seed = 0;         ///< of the dropout masks
};

/// Logits [B, T, vocabulary] of the tokens [B, T], T <= context. `step` (i64 scalar) keys the dropout masks;
/// with `training` false nothing is dropped. Parameters are [out…, in…]; the heads are a dimension of their
/// own, so that a mesh axis may split them.
ValueId gpt_logits(GraphBuilder& build, ParameterSet& parameters, const GptConfig& config, ValueId tokens,
                   ValueId step, bool training);

}  // namespace weft
