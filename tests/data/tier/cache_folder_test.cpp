#include "weft/data/tier/cache_folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "tests/data/source/source_fixture.h"
#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::expect_user_error;

class CacheFolderTest : public SourceTest {};

TEST_F(CacheFolderTest, IsOneUsersAtATime) {
  std::optional<CacheFolder> folder(std::in_place, folder_, 3);
  EXPECT_FALSE(folder->vanished());
  expect_user_error(
      [&] { CacheFolder(folder_, 3); },
      ": another run that is alive uses this cache; expected a directory of its own for each run");
  folder.reset();
  EXPECT_NO_THROW(CacheFolder(folder_, 3));
}

TEST_F(CacheFolderTest, IsFreeAlthoughAForkedProcessHasItsLockOpen) {
  std::optional<CacheFolder> folder(std::in_place, folder_, 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    while (true) ::pause();
  }
  folder.reset();
  EXPECT_NO_THROW(CacheFolder(folder_, 0));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(CacheFolderTest, FoldersOfMoreRanksAreRemovedWhereNobodyUsesThem) {
  const CacheFolder used(folder_, 2);
  { const CacheFolder left(folder_, 3); }
  { const CacheFolder own(folder_, 0); }
  remove_unused_caches(folder_, 1);
  EXPECT_FALSE(used.vanished());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
}

}  // namespace
}  // namespace weft
