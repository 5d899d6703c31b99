#pragma once
// Network that reads cosmological parameters off volumes of matter (Mathuriya et al., "CosmoFlow: Using Deep
// Learning to Learn the Universe at Scale", SC'18), in the form that MLPerf HPC benchmarks: convolutions with
// pooling, three dense layers, 1.2 tanh.
#include "weft/params/parameters.h"

namespace weft {

struct CosmoflowConfig {
  int64_t stages = 5;
  int64_t width = 16;  ///< channels of the first stage; doubled by each
  int64_t outputs = 4;
  double dropout = 0;  ///< after the hidden dense layers
  uint64_t seed = 0;
};

/// Predictions [N, outputs] of volumes [N, D, H, W, C]: `stages` times (3x3x3 convolution, ReLU, pooling by
/// 2), then dense layers of 128, 64 and `outputs`. Where ranks split the volume, the first dense layer sums
/// what each makes of its part. UserError where the volume is too small for the stages.
ValueId cosmoflow(GraphBuilder& build, ParameterSet& parameters, const CosmoflowConfig& config,
                  ValueId volumes, ValueId step, bool training);

}  // namespace weft
