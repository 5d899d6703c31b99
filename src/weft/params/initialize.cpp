#include "weft/params/initialize.h"

#include "weft/base/check.h"
#include "weft/base/name_hash.h"
#include "weft/base/philox.h"
#include "weft/base/threads.h"
#include "weft/tensor/with_dtype.h"

namespace weft {

namespace {

template <class T>
void fill(const View& view, const Region& region, const Dims& global_shape, const Initializer& initializer,
          const RandomStream& stream) {
  const Dims local = strides_of(region.shape());
  const Dims global = strides_of(global_shape);
  parallel_for(view.elems(), 4096, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      double value = initializer.scale;
      if (initializer.kind != Initializer::Kind::constant) {
        int64_t rest = i;
        int64_t at = 0;
        for (size_t d = 0; d < local.size(); ++d) {
          at += (rest / local[d] + region.ranges[d].begin) * global[d];
          rest %= local[d];
        }
        const auto index = static_cast<uint64_t>(at);
        value *= initializer.kind == Initializer::Kind::normal ? stream.normal(index)
                                                               : 2 * stream.uniform(index) - 1;
      }
      view.as<T>()[i] = element_cast<T>(value);
    }
  });
}

}  // namespace

void initialize(const View& view, const Region& region, const Dims& global_shape,
                const Initializer& initializer, const std::string& name, uint64_t seed) {
  if (initializer.kind == Initializer::Kind::given) {
    const TensorType whole{view.type.dtype, global_shape};
    WEFT_CHECK(initializer.data && static_cast<int64_t>(initializer.data->size()) == whole.bytes(),
               "state {}: the given values are not those of {}", name, to_string(whole));
    // A view is not written through where it is the source.
    auto* data = const_cast<std::byte*>(initializer.data->data());
    copy_region({data, whole}, Region::all(global_shape), view, region, region);
    return;
  }
  const RandomStream stream{seed, name_hash(name), 0};
  WEFT_CHECK(is_floating(view.type.dtype), "state {} of type {} has no initializer", name,
             name_of(view.type.dtype));
  with_floating(view.type.dtype, [&](auto element) {
    fill<decltype(element)>(view, region, global_shape, initializer, stream);
  });
}

}  // namespace weft
