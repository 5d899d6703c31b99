// The states of a record under way: the arrows of the picture in the header, and no others.
#include "weft/data/load/record_fetch.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"

namespace weft {
namespace {

using State = RecordFetch::State;

/// A fetch that has come to a state by a way that there is.
RecordFetch in(State state) {
  RecordFetch fetch(3, 3, 0);
  if (state == State::begun) return fetch;
  if (state == State::reading_tier || state == State::asking_peer) {
    fetch.enter(state);
    return fetch;
  }
  fetch.enter(State::reading_source);
  if (state != State::reading_source) fetch.enter(state);
  return fetch;
}

TEST(RecordFetch, GoesWhereThePictureHasAnArrow) {
  const std::vector<State> all = {State::begun,          State::reading_tier, State::asking_peer,
                                  State::reading_source, State::here,         State::failed};
  const std::vector<std::pair<State, State>> arrows = {{State::begun, State::reading_tier},
                                                       {State::begun, State::asking_peer},
                                                       {State::begun, State::reading_source},
                                                       {State::reading_tier, State::here},
                                                       {State::reading_tier, State::begun},
                                                       {State::asking_peer, State::here},
                                                       {State::asking_peer, State::reading_source},
                                                       {State::reading_source, State::here},
                                                       {State::reading_source, State::reading_source},
                                                       {State::reading_source, State::failed}};
  for (const State from : all) {
    for (const State to : all) {
      RecordFetch fetch = in(from);
      const bool there_is = std::find(arrows.begin(), arrows.end(), std::pair{from, to}) != arrows.end();
      if (there_is) {
        fetch.enter(to);
        EXPECT_EQ(fetch.state(), to);
      } else {
        EXPECT_THROW(fetch.enter(to), InternalError) << static_cast<int>(from) << " " << static_cast<int>(to);
      }
    }
  }
}

TEST(RecordFetch, RemembersWhereItsRecordCameFrom) {
  RecordFetch fetch(3, 3, 0);
  EXPECT_THROW(fetch.origin(), InternalError);
  fetch.enter(State::asking_peer);
  EXPECT_EQ(fetch.origin(), Origin::peer);
  fetch.enter(State::reading_source);
  fetch.enter(State::here);
  EXPECT_EQ(fetch.origin(), Origin::source);
}

}  // namespace
}  // namespace weft
