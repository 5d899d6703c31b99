// Uses the data layer as the Python loader does; tools/check_links.py looks at what is linked for it.
#include "python/image_batches.h"

int main(int argc, char** argv) {
  weft::ImageBatchesOptions options;
  if (argc > 1) options.path = argv[1];
  const weft::ImageBatches batches(std::move(options));
  return batches.samples() > 0 ? 0 : 1;
}
