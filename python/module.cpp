// The extension module weft._weft; weft/data.py makes of it what a Python programmer expects.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "python/image_batches.h"
#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/base/memory.h"
#include "weft/comm/communicator.h"

namespace nb = nanobind;

namespace {

using weft::HeldBatch;
using weft::ImageBatches;
using weft::ImageBatchesOptions;

// As often Python is asked whether somebody pressed Ctrl-C.
constexpr double kLookMs = 50;

/// An array over the batch's memory, which stays until Python has let go of the array.
nb::object array_of(const HeldBatch& batch, const weft::View& view, nb::dlpack::dtype dtype) {
  auto* keeper = new std::shared_ptr<const void>(batch.memory);
  nb::capsule owner(keeper,
                    [](void* memory) noexcept { delete static_cast<std::shared_ptr<const void>*>(memory); });
  std::vector<size_t> shape(view.type.shape.begin(), view.type.shape.end());
  shape[0] = static_cast<size_t>(batch.rows);
  return nb::cast(nb::ndarray<nb::array_api>(view.data, shape.size(), shape.data(), owner, nullptr, dtype),
                  nb::rv_policy::reference);
}

nb::dlpack::dtype pixel_dtype(const weft::View& view) {
  const bool half = view.type.dtype == weft::DType::bf16;
  return {static_cast<uint8_t>(half ? nb::dlpack::dtype_code::Bfloat : nb::dlpack::dtype_code::Float),
          static_cast<uint8_t>(half ? 16 : 32), 1};
}

nb::tuple next_batch(ImageBatches& batches, int64_t number) {
  for (bool there = false; !there;) {
    {
      const nb::gil_scoped_release others_may_run;
      there = batches.wait_for(number, kLookMs);
    }
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
  }
  HeldBatch held;
  {
    const nb::gil_scoped_release others_may_run;
    held = batches.take(number);
  }
  return nb::make_tuple(array_of(held, held.pixels, pixel_dtype(held.pixels)),
                        array_of(held, held.labels, nb::dtype<int32_t>()));
}

nb::dict stats_of(const ImageBatches& batches) {
  const weft::LoadStats stats = batches.stats().value_or(weft::LoadStats{});
  nb::dict result;
  constexpr std::array<const char*, weft::kOrigins> kNames = {"memory", "disk", "peer", "source"};
  for (size_t i = 0; i < kNames.size(); ++i) {
    result[nb::str((std::string("bytes_") + kNames[i]).c_str())] = stats.from[i].bytes;
  }
  result["bytes_read_for_peers"] = stats.read_for_peers.bytes;
  result["stall_ms"] = stats.stall_ms;
  result["decode_ms"] = stats.decode_ms;
  result["bad_samples"] = stats.bad_samples;
  return result;
}

std::unique_ptr<weft::CommSession>& session() {
  static std::unique_ptr<weft::CommSession> session;
  return session;
}

}  // namespace

NB_MODULE(_weft, module) {
  nb::set_leak_warnings(false);  // at exit a loop's variables may still hold a batch
  nb::exception<weft::UserError>(module, "Error", PyExc_ValueError);
  nb::enum_<weft::OnBadSample>(module, "OnBad")
      .value("fail", weft::OnBadSample::fail)
      .value("skip", weft::OnBadSample::skip)
      .value("substitute", weft::OnBadSample::substitute);
  nb::class_<ImageBatchesOptions>(module, "Options")
      .def(nb::init<>())
      .def_rw("path", &ImageBatchesOptions::path)
      .def_rw("split", &ImageBatchesOptions::split)
      .def_rw("batch", &ImageBatchesOptions::batch)
      .def_rw("shuffle", &ImageBatchesOptions::shuffle)
      .def_rw("drop_last", &ImageBatchesOptions::drop_last)
      .def_rw("seed", &ImageBatchesOptions::seed)
      .def_rw("size", &ImageBatchesOptions::size)
      .def_rw("augment", &ImageBatchesOptions::augment)
      .def_rw("mean", &ImageBatchesOptions::mean)
      .def_rw("deviation", &ImageBatchesOptions::deviation)
      .def_prop_rw(
          "bfloat16", [](const ImageBatchesOptions& o) { return o.dtype == weft::DType::bf16; },
          [](ImageBatchesOptions& o, bool half) { o.dtype = half ? weft::DType::bf16 : weft::DType::f32; })
      .def_rw("memory_bytes", &ImageBatchesOptions::memory_bytes)
      .def_rw("cache", &ImageBatchesOptions::cache)
      .def_rw("workers", &ImageBatchesOptions::workers)
      .def_rw("lookahead", &ImageBatchesOptions::lookahead)
      .def_rw("on_bad", &ImageBatchesOptions::on_bad)
      .def_rw("bad_limit", &ImageBatchesOptions::bad_limit)
      .def_rw("rank", &ImageBatchesOptions::rank)
      .def_rw("ranks", &ImageBatchesOptions::ranks);
  nb::class_<ImageBatches>(module, "ImageBatches")
      .def(nb::init<ImageBatchesOptions>(), nb::call_guard<nb::gil_scoped_release>())
      .def_prop_ro("samples", &ImageBatches::samples)
      .def_prop_ro("batches", &ImageBatches::batches)
      .def_prop_ro("classes", &ImageBatches::classes)
      .def_prop_ro("rank", &ImageBatches::rank)
      .def_prop_ro("ranks", &ImageBatches::ranks)
      .def("next", &next_batch)
      .def("stats", &stats_of)
      .def("notices", &ImageBatches::notices);
  module.def("parse_bytes", [](const std::string& text, const std::string& what) {
    const auto size = weft::ByteSize::parse(text);
    if (!size || size->empty()) weft::user_error("{}: {}", what, weft::not_a_size(text));
    return size->bytes();
  });
  module.def("available_memory", &weft::available_memory);
  module.def("begin", [] {
    if (!session() && !weft::CommSession::mpi_runs())
      session() = std::make_unique<weft::CommSession>(nullptr, nullptr);
  });
  module.def("end", [] { session() = nullptr; });
}
