#pragma once
// The kinds of data that data.kind names, each opened by a file of its own.
#include "weft/train/training_data.h"

namespace weft {

/// Text and token files (text_data.cpp), JPEG and PNG images (image_data.cpp), arrays of numbers in HDF5,
/// NetCDF, NumPy and safetensors files (array_data.cpp). Collective.
TrainingData open_text_data(const Recipe& recipe, const Communicator& world);
TrainingData open_image_data(const Recipe& recipe, const Communicator& world);
TrainingData open_array_data(const Recipe& recipe, const Communicator& world);

}  // namespace weft
