#pragma once
// Residual network for small images (He et al., "Deep Residual Learning for Image Recognition", 2016,
// section 4.2), with projections where the shape changes.
#include "weft/params/parameters.h"

namespace weft {

struct ResnetConfig {
  int64_t depth = 20;  ///< 6n + 2
  int64_t width = 16;  ///< channels of the first stage; doubled twice
  int64_t classes = 10;
  double dropout = 0;  ///< before the classifier
  uint64_t seed = 0;
};

/// Logits [N, classes] of pixels [N, H, W, C]. In training, batch norm uses the statistics of the global
/// batch and updates its running ones (an update of the builder's segment); else it uses the running ones.
ValueId resnet_logits(GraphBuilder& build, ParameterSet& parameters, const ResnetConfig& config,
                      ValueId pixels, ValueId step, bool training);

}  // namespace weft
