#pragma once
// Layers with parameters that several networks are made of, of activations [N, spatial..., C].
#include <string>

#include "weft/models/model.h"

namespace weft {

struct ConvolutionShape {
  int64_t channels = 0;  ///< of the result
  int64_t kernel = 3;    ///< along each axis in space; odd
  int64_t stride = 1;
  double deviation = 0;  ///< of the weights at the start
};

/// A convolution without bias, padded so that stride 1 keeps the size. Its weight is `name`.weight [C, C_in,
/// kernel…].
ValueId convolve(const ModelContext& context, ValueId x, const ConvolutionShape& shape,
                 const std::string& name);

/// Batch norm with the parameters and running statistics `name`.*: of the batch in training, else of these.
/// `gamma` is the slope at the start.
ValueId batch_normed(const ModelContext& context, ValueId x, const std::string& name, double gamma = 1);

/// Logits [N, outputs] of features [N, C]: "head.weight" and "head.bias".
ValueId classifier(const ModelContext& context, ValueId x, int64_t outputs);

/// Of a network in three stages of n blocks with two layers each: its depth is 6n + `others`, 0 <= others
/// < 6.
Complaint depth_complaint(int64_t depth, int64_t others);

}  // namespace weft
