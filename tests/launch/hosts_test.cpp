#include "weft/launch/hosts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/ops/expect_error.h"
#include "weft/launch/child_process.h"

namespace weft {
namespace {

using Hosts = std::vector<LaunchHost>;

TEST(Hosts, OfAnOption) {
  EXPECT_EQ(hosts_of_option("a:4,b"), (Hosts{{"a", 4}, {"b", 1}}));
  EXPECT_EQ(hosts_of_option("a,a,b:2"), (Hosts{{"a", 2}, {"b", 2}}));
  EXPECT_EQ(hosts_of_option(""), Hosts{});
  EXPECT_EQ(hosts_of_option("fe80::1,[fe80::2]:3"), (Hosts{{"fe80::1", 1}, {"[fe80::2]", 3}}));
}

TEST(Hosts, OfAFile) {
  EXPECT_EQ(hosts_of_file("# ours\n\n node1 slots=4 max_slots=8\nnode2\nnode3:2 # half\n", "hosts"),
            (Hosts{{"node1", 4}, {"node2", 0}, {"node3", 2}}));
}

TEST(Hosts, ThatHaveNoSlotsAreRefused) {
  testing::expect_user_error([] { hosts_of_option("a:4,b:x"); },
                             "--host: host b has \"x\" slots, expected a number above 0");
  for (const char* number : {"0", "-1", "2x", "", "99999999999"}) {
    testing::expect_user_error(
        [&] { hosts_of_file(fmt::format("a slots={}\n", number), "my/hosts"); },
        fmt::format("my/hosts: host a has \"{}\" slots, expected a number above 0", number));
  }
}

TEST(Hosts, BecomeAnOptionAgain) {
  EXPECT_EQ(host_option({{"a", 4}, {"b", 1}}), "a:4,b:1");
  EXPECT_EQ(slots_of({{"a", 4}, {"b", 1}}), 5);
  EXPECT_EQ(slots_of({}), 0);
}

TEST(Hosts, ThatAreAskedForEverAreEndedWhateverSignalsWaitHere) {
  sigset_t asked;
  sigset_t before;
  sigemptyset(&asked);
  sigaddset(&asked, SIGTERM);
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &asked, &before), 0);
  EXPECT_EQ(output_of({"/usr/bin/env", "timeout", "0.2", "sh", "-c", "echo begun; exec sleep 100"}),
            "begun\n");
  ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
}

TEST(Hosts, AnswerWhereAProgramRunsThere) {
  EXPECT_TRUE(answers("false", {"localhost", 1})) << "nobody asks";
  EXPECT_FALSE(answers("false", {"elsewhere", 1}));
  EXPECT_FALSE(answers("no-such-agent", {"elsewhere", 1}));
  // As ssh, with the name of the host before the command.
  EXPECT_TRUE(answers("env HOST=", {"NAME=elsewhere", 1}));
  EXPECT_TRUE(answers("env HOST= : no-such-agent", {"NAME=elsewhere", 1})) << "the first is asked";
}

}  // namespace
}  // namespace weft
