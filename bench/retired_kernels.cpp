// Time of hand-written kernels that are gone beside that of the instructions which a plan of the same op has
// today, in turn: medians of old / new by op, direction and shape.
// usage: build/bench/retired_kernels [ROUNDS] [NAME…]     ROUNDS 0: the plans. NAME: ops whose name begins
// so.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bench/interleaved.h"
#include "bench/retired/cases.h"
#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/base/philox.h"
#include "weft/base/threads.h"
#include "weft/graph/device.h"
#include "weft/plan/pipeline.h"
#include "weft/run/arena.h"

namespace {

using namespace weft;  // NOLINT(google-build-using-namespace): a program of one file

/// One kernel and its operands, called as the executor calls kernels.
struct Call {
  Kernel kernel;
  std::vector<View> inputs;
  std::vector<View> outputs;
  std::byte* scratch = nullptr;
};
using Calls = std::vector<Call>;

void run(const Calls& calls) {
  for (const Call& call : calls) call.kernel.run({call.inputs, call.outputs, call.scratch});
}

/// Positive where it is a variance, classes where it is whole, else uniform in [-2, 2).
void fill(const std::string& name, const View& view, int64_t classes) {
  const RandomStream random{7, std::hash<std::string>()(name) % 1000, 0};
  for (int64_t i = 0; i < view.elems(); ++i) {
    auto value = static_cast<float>(4 * random.uniform(static_cast<uint64_t>(i % 65536)) - 2);
    if (name == "running_var") value = 0.5F + std::abs(value);
    if (view.type.dtype == DType::f32) view.as<float>()[i] = value;
    if (view.type.dtype == DType::bf16) view.as<BFloat16>()[i] = BFloat16(value);
    if (view.type.dtype == DType::i32) view.as<int32_t>()[i] = static_cast<int32_t>(i * 7919 % classes);
  }
}

/// Memory of values, one after the other.
class Shelf {
 public:
  explicit Shelf(int64_t bytes) : arena_(bytes) {}
  std::byte* take(int64_t bytes) {
    used_ += aligned(bytes);
    WEFT_CHECK(used_ <= arena_.bytes(), "{} bytes of {}", used_, arena_.bytes());
    return arena_.data() + used_ - aligned(bytes);
  }

 private:
  Arena arena_;
  int64_t used_ = 0;
};

/// Both directions, and every value by name.
class Side {
 public:
  const Calls& calls(bool backward) const { return backward ? backward_ : forward_; }
  void run_all() const {
    run(forward_);
    run(asking_);
    run(backward_);
  }
  const std::map<std::string, View>& values() const { return values_; }
  bool has_backward() const { return !backward_.empty(); }

 protected:
  Calls forward_, asking_, backward_;
  std::map<std::string, View> values_;
};

/// What a training step runs, but every value has memory of its own, so that each direction can run again.
class Today : public Side {
 public:
  Today(const Device& cpu, const retired::Case& c) : plan_(make_plan(c.graph, cpu, {})), shelf_(bytes()) {
    const Program& program = plan_.program;
    WEFT_CHECK(program.order.size() == 1, "{}: a plan of one segment is expected", c.name);
    for (const auto& [name, named] : program.named) values_[name] = make(named.slot);
    reset(c);
    for (const Instruction& instruction : code().instructions) add(instruction);
    for (const auto& [name, slot] : code().outputs) values_[name] = at(slot);
  }

  /// Sets inputs and states to what they were at first.
  void reset(const retired::Case& c) const {
    for (const auto& [name, named] : plan_.program.named) fill(name, values_.at(name), c.type.shape.back());
  }

  const SegmentProgram& code() const { return plan_.program.segment(plan_.program.order[0]); }

 private:
  using Place = std::pair<int, int64_t>;
  static Place place_of(const Slot& slot) { return {slot.state, slot.offset}; }

  int64_t bytes() const {
    int64_t bytes = 0;
    for (const auto& [name, named] : plan_.program.named) bytes += aligned(named.slot.type.bytes());
    for (const Instruction& instruction : code().instructions) {
      for (const Slot& slot : instruction.outputs) bytes += aligned(slot.type.bytes());
      bytes += aligned(instruction.scratch_bytes);
    }
    return bytes;
  }

  View make(const Slot& slot) {
    std::byte*& data = memory_[place_of(slot)];
    if (slot.state < 0 || data == nullptr) data = shelf_.take(slot.type.bytes());
    return {data, slot.type};
  }

  View at(const Slot& slot) const { return {memory_.at(place_of(slot)), slot.type}; }

  /// What depends on what only asks for gradients is the backward pass.
  void add(const Instruction& instruction) {
    if (!instruction.kernel.run) return;  // a view
    Call call{instruction.kernel, {}, {}, shelf_.take(instruction.scratch_bytes)};
    for (const Slot& slot : instruction.inputs) call.inputs.push_back(at(slot));
    for (const Slot& slot : instruction.outputs) call.outputs.push_back(make(slot));
    const bool asks = instruction.label == retired::kAsking;
    const bool backward = std::any_of(call.inputs.begin(), call.inputs.end(),
                                      [&](const View& view) { return late_.contains(view.data); });
    if (asks || backward) {
      for (const View& view : call.outputs) late_.insert(view.data);
    }
    (asks ? asking_ : backward ? backward_ : forward_).push_back(std::move(call));
  }

  Plan plan_;
  Shelf shelf_;
  std::map<Place, std::byte*> memory_;  ///< of the latest value there
  std::set<const std::byte*> late_;
};

/// The kernels that ran the op, on the memory of today's values where both have one: where memory lies, to
/// caches and in pages, moves some rows by a quarter.
class Retired : public Side {
 public:
  Retired(const retired::Case& c, const Side& today) : shelf_(bytes(c)) {
    values_ = today.values();
    for (const retired::NamedType& made : c.made) {
      if (!values_.contains(made.name)) values_[made.name] = {shelf_.take(made.type.bytes()), made.type};
      const TensorType& type = values_.at(made.name).type;
      WEFT_CHECK(type == made.type, "{}: {} is {} and was {}", c.name, made.name, to_string(type),
                 to_string(made.type));
    }
    for (const retired::OldCall& old : c.calls) {
      Call call{{old.run}, {}, {}};
      for (const std::string& name : old.inputs) call.inputs.push_back(values_.at(name));
      for (const std::string& name : old.outputs) call.outputs.push_back(values_.at(name));
      (old.backward ? backward_ : forward_).push_back(std::move(call));
    }
  }

 private:
  static int64_t bytes(const retired::Case& c) {
    int64_t bytes = 0;
    for (const retired::NamedType& made : c.made) bytes += aligned(made.type.bytes());
    return bytes;
  }

  Shelf shelf_;
};

double at(const View& view, int64_t i) {
  return static_cast<double>(view.type.dtype == DType::bf16 ? static_cast<float>(view.as<BFloat16>()[i])
                                                            : view.as<float>()[i]);
}

using Numbers = std::vector<double>;

std::vector<Numbers> compared(const retired::Case& c, const Side& side) {
  std::vector<Numbers> all;
  for (const std::string& name : c.compared) {
    const View& view = side.values().at(name);
    all.emplace_back();
    for (int64_t i = 0; i < view.elems(); ++i) all.back().push_back(at(view, i));
  }
  return all;
}

/// Runs both once; what they give may differ, beside its greatest element, by rounding only.
void compare(const retired::Case& c, const Today& today, const Side& old) {
  today.run_all();
  const std::vector<Numbers> now = compared(c, today);
  // NaN, so that what old kernels do not write is seen.
  for (const std::string& name : c.compared) {
    const View& view = today.values().at(name);
    std::fill_n(view.data, view.bytes(), std::byte{0xff});
  }
  today.reset(c);
  old.run_all();
  const std::vector<Numbers> before = compared(c, old);
  for (size_t v = 0; v < now.size(); ++v) {
    double apart = 0, greatest = 1e-30;
    for (size_t i = 0; i < now[v].size(); ++i) {
      const double difference = std::abs(now[v][i] - before[v][i]);
      WEFT_CHECK(std::isfinite(difference), "{}: {} is not finite", c.name, c.compared[v]);
      apart = std::max(apart, difference);
      greatest = std::max(greatest, std::abs(before[v][i]));
    }
    const double most = c.type.dtype == DType::bf16 ? 0.01 : 1e-4;
    WEFT_CHECK(apart <= most * greatest, "{} {}: {} differs by {} of {}", c.name, to_string(c.type),
               c.compared[v], apart, greatest);
  }
}

struct Totals {
  double logs = 0;
  double least = INFINITY;
  int count = 0;
};

void measure(const retired::Case& c, const Side& today, const Side& old, bool backward, int rounds,
             Totals& totals) {
  constexpr double kSeconds = 2e-3;
  const auto before = [&] { run(old.calls(backward)); };
  const auto now = [&] { run(today.calls(backward)); };
  seconds_of(now, 1);
  const int repeats = static_cast<int>(std::clamp(kSeconds / seconds_of(before, 1), 1.0, 20000.0));
  const Measured times = interleaved(before, now, repeats, rounds);
  fmt::print("{:22} {:9} {:22} {:10.2f} {:10.2f} {:8.3f}\n", c.name, backward ? "backward" : "forward",
             to_string(c.type), times.old_us, times.new_us, times.ratio);
  totals.logs += std::log(times.ratio);
  totals.least = std::min(totals.least, times.ratio);
  ++totals.count;
}

/// Every instruction of the plan with all that its op is.
void explain_steps(const Today& today) {
  for (const Instruction& instruction : today.code().instructions) {
    fmt::print("  {}({}) {}:", instruction.op->name(), instruction.label, attribute_text(*instruction.op));
    for (const Slot& slot : instruction.outputs) fmt::print(" {}", to_string(slot.type));
    fmt::print("\n");
  }
}

bool wanted(const std::string& name, int count, char** begin) {
  bool any = count == 0;
  for (int i = 0; i < count; ++i) any = any || name.starts_with(begin[i]);
  return any;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 31;
  DeviceRegistry devices;
  register_all_devices(devices);
  const Device& cpu = devices.find("cpu");
  Totals totals;
  fmt::print("{:22} {:9} {:22} {:>10} {:>10} {:>8}   ({} threads)\n", "", "", "", "old us", "new us",
             "old/new", threads());
  for (const retired::CaseMaker& maker : retired::case_makers()) {
    if (!wanted(maker.name, std::max(0, argc - 2), argv + 2)) continue;
    for (const DType dtype : {DType::f32, DType::bf16}) {
      for (const Dims& shape : maker.shapes) {
        const retired::Case c = maker.make({dtype, shape});
        const Today today(cpu, c);
        if (rounds == 0) explain_steps(today);
        const Retired old(c, today);
        compare(c, today, old);
        if (rounds == 0) continue;
        measure(c, today, old, false, rounds, totals);
        if (today.has_backward()) measure(c, today, old, true, rounds, totals);
      }
    }
  }
  if (totals.count == 0) return 0;
  fmt::print("geometric mean {:.3f}, least {:.3f}, {} rows\n", std::exp(totals.logs / totals.count),
             totals.least, totals.count);
  return 0;
}
