#include "weft/data/load/record_fetch.h"

#include "weft/base/check.h"

namespace weft {

namespace {

using State = RecordFetch::State;

bool may_follow(State now, State next) {
  switch (now) {
    case State::begun:
      return next == State::reading_tier || next == State::asking_peer || next == State::reading_source;
    case State::reading_tier:
      return next == State::here || next == State::begun;
    case State::asking_peer:
      return next == State::here || next == State::reading_source;
    case State::reading_source:
      return next == State::here || next == State::reading_source || next == State::failed;
    case State::here:
    case State::failed:
      return false;
  }
  return false;
}

}  // namespace

void RecordFetch::enter(State next) {
  WEFT_CHECK(may_follow(state_, next), "a fetch of record {} goes from state {} to {}", record,
             static_cast<int>(state_), static_cast<int>(next));
  state_ = next;
  switch (next) {
    case State::reading_tier:
      origin_ = Origin::disk;
      break;
    case State::asking_peer:
      origin_ = Origin::peer;
      break;
    case State::reading_source:
      origin_ = Origin::source;
      break;
    case State::begun:
    case State::here:
    case State::failed:
      break;
  }
}

Origin RecordFetch::origin() const {
  WEFT_CHECK(state_ != State::begun, "the origin of record {} is not chosen", record);
  return origin_;
}

}  // namespace weft
