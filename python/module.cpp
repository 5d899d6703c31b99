// The extension module weft._weft; weft/data.py makes of it what a Python programmer expects.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <unistd.h>

#include <chrono>
#include <mutex>

#include "python/image_batches.h"
#include "python/interruptible.h"
#include "python/others_may_run.h"
#include "python/own_process.h"
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
constexpr std::chrono::milliseconds kLook(50);

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

/// A lock that a thread which waits gets before the one that had it gets it again.
struct Turns {
  std::timed_mutex next;
  std::timed_mutex use;

  /// Not owned: not to be had for now.
  std::unique_lock<std::timed_mutex> wait() {
    const std::unique_lock is_next(next, kLook);
    return is_next ? std::unique_lock(use, 2 * kLook) : std::unique_lock<std::timed_mutex>();
  }
};

/// Batches of the process that made them, which threads use in turns.
struct Batches {
  weft::OwnProcess<ImageBatches> value;  ///< null: closed
  std::unique_ptr<Turns> turns = std::make_unique<Turns>();

  explicit Batches(weft::OwnProcess<ImageBatches> made) : value(std::move(made)) {}
  Batches(Batches&&) = default;
  Batches& operator=(Batches&&) = delete;
  Batches(const Batches&) = delete;
  Batches& operator=(const Batches&) = delete;
  ~Batches() { end(); }

  /// What never changes is told in a process that was forked, too.
  const ImageBatches& known() const {
    if (!value) weft::user_error("the DataLoader was closed");
    return *value;
  }

  ImageBatches& here() const {
    if (!value) weft::user_error("the DataLoader was closed");
    if (value.is_here()) return *value;
    weft::user_error(
        "this DataLoader belongs to process {}, from which process {} was forked; expected one that is made "
        "after "
        "the fork",
        value.maker(), getpid());
  }

  /// Waits for the threads that use them.
  std::unique_lock<std::timed_mutex> turn() const {
    while (true) {
      static_cast<void>(here());
      std::unique_lock<std::timed_mutex> lock;
      {
        const weft::OthersMayRun without_lock;
        lock = turns->wait();
      }
      if (lock && value) return lock;
      weft::look_at_interrupts();
    }
  }

  /// With the turn, or when nobody has them.
  void end() {
    weft::OwnProcess<ImageBatches> ended = std::move(value);
    if (!ended) return;
    const weft::OthersMayRun without_lock;  // while threads end
    ended = {};
  }
};

/// What a loader reads, which is known when it was closed, too.
struct Data {
  std::shared_ptr<const weft::Source> source;
};

/// What `work` gives of the batches, in this thread's turn.
template <class Work>
auto in_turn(const Batches& owned, Work work) {
  const std::unique_lock turn = owned.turn();
  const weft::OthersMayRun without_lock;
  return work(*owned.value);
}

nb::tuple next_batch(const Batches& owned, int64_t number) {
  for (bool there = false; !there;) {
    weft::look_at_interrupts();
    there = in_turn(owned, [&](ImageBatches& batches) {
      return batches.wait_for(number, std::chrono::duration<double, std::milli>(kLook).count());
    });
  }
  weft::look_at_interrupts();
  const HeldBatch held = in_turn(owned, [&](ImageBatches& batches) { return batches.take(number); });
  return nb::make_tuple(array_of(held, held.pixels, pixel_dtype(held.pixels)),
                        array_of(held, held.labels, nb::dtype<int32_t>()));
}

void close_batches(Batches& owned) {
  if (!owned.value || !owned.value.is_here()) return;
  const auto turn = owned.turn();
  owned.end();
}

nb::dict stats_of(const Batches& batches) {
  const weft::LoadStats stats =
      in_turn(batches, [](ImageBatches& here) { return here.stats(); }).value_or(weft::LoadStats{});
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

weft::OwnProcess<weft::CommSession>& session() {
  static weft::OwnProcess<weft::CommSession> session;
  return session;
}

/// MPI belongs to the process that the launcher started.
void begin_session(pid_t importer) {
  const bool launched = weft::CommSession::mpi_runs() || weft::CommSession::is_launched();
  if (launched && importer != getpid()) {
    weft::user_error(
        "process {} was forked from a rank of MPI's, which cannot open a DataLoader in it; expected it in "
        "the rank "
        "itself",
        getpid());
  }
  if (!session() && !weft::CommSession::mpi_runs()) {
    session() = weft::OwnProcess(std::make_unique<weft::CommSession>(nullptr, nullptr));
  }
}

void make_batches(Batches* self, const ImageBatchesOptions& options) {
  auto made = std::make_shared<std::unique_ptr<ImageBatches>>();
  const auto make = [made, options](const std::atomic<bool>& stop) {
    *made = std::make_unique<ImageBatches>(options, &stop);
  };
  if (weft::CommSession::mpi_runs()) {  // whose collectives are the main thread's
    const weft::OthersMayRun without_lock;
    make(std::atomic<bool>(false));
  } else {
    weft::interruptible(make);
  }
  new (self) Batches{weft::OwnProcess(std::move(*made))};
}

Batches another(const Batches& batches) {
  return Batches(weft::OwnProcess(in_turn(batches, [](ImageBatches& here) { return here.another(); })));
}

void add_options(nb::module_& module) {
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
}

void add_batches(nb::module_& module) {
  nb::class_<Data>(module, "Data").def("key", [](const Data& data) {
    const weft::OthersMayRun without_lock;
    return weft::data_key(*data.source);
  });
  nb::class_<Batches>(module, "ImageBatches")
      .def("__init__", &make_batches)
      .def_prop_ro("samples", [](const Batches& batches) { return batches.known().samples(); })
      .def_prop_ro("batches", [](const Batches& batches) { return batches.known().batches(); })
      .def_prop_ro("classes", [](const Batches& batches) { return batches.known().classes(); })
      .def_prop_ro("remarks", [](const Batches& batches) { return batches.known().remarks(); })
      .def_prop_ro("rank", [](const Batches& batches) { return batches.known().rank(); })
      .def_prop_ro("ranks", [](const Batches& batches) { return batches.known().ranks(); })
      .def_prop_ro("data", [](const Batches& batches) { return Data{batches.known().source()}; })
      .def("here", [](const Batches& batches) { static_cast<void>(batches.here()); })
      .def("another", &another)
      .def("close", &close_batches)
      .def("next", &next_batch)
      .def("stats", &stats_of)
      .def("notices", [](const Batches& batches) {
        return in_turn(batches, [](ImageBatches& here) { return here.notices(); });
      });
}

}  // namespace

NB_MODULE(_weft, module) {
  nb::set_leak_warnings(false);  // at exit a loop's variables may still hold a batch
  nb::exception<weft::UserError>(module, "Error", PyExc_ValueError);
  add_options(module);
  add_batches(module);
  module.def("parse_bytes", [](const std::string& text, const std::string& what) {
    const auto size = weft::ByteSize::parse(text);
    if (!size || size->empty()) weft::user_error("{}: {}", what, weft::not_a_size(text));
    return size->bytes();
  });
  module.def("available_memory", &weft::available_memory);
  module.def("begin", [importer = getpid()] { begin_session(importer); });
  module.def("others_leave", &weft::others_leave);
  module.def("end", [] {
    weft::wait_for_interrupted_work();
    session() = {};
  });
}
