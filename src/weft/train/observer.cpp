#include "weft/train/observer.h"

namespace weft {

Observers::Observers(const RunView& run) {
  ObserverRegistry registry;
  register_all_observers(registry);
  try {
    for (const ObserverRegistry::Entry& entry : registry.entries()) {
      if (auto observer = entry.make(run)) list_.push_back(std::move(observer));
    }
  } catch (const std::exception& error) {
    failed(error.what());
    throw;
  }
}

void Observers::step(const StepRecord& record) {
  for (const auto& observer : list_) observer->step(record);
}

void Observers::keep(const StepRecord& record) {
  for (const auto& observer : list_) observer->keep(record);
}

void Observers::end(const RunEnd& end) {
  for (const auto& observer : list_) observer->end(end);
}

void Observers::fail() {
  for (const auto& observer : list_) observer->fail();
}

void Observers::failed(const std::string& why) noexcept {
  for (const auto& observer : list_) observer->failed(why);
}

Observers::Doing::Doing(Observers& observers, const Activity& activity)
    : observers_(observers), activity_(activity) {
  for (const auto& observer : observers_.list_) observer->begins(activity_);
}

Observers::Doing::~Doing() {
  for (const auto& observer : observers_.list_) observer->ends(activity_);
}

}  // namespace weft
