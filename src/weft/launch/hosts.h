#pragma once
// The hosts that a person names, and which of them are there.
#include <string>
#include <string_view>
#include <vector>

namespace weft {

struct LaunchHost {
  std::string name;
  int slots = 1;
  bool operator==(const LaunchHost&) const = default;
};

/// Of --host: "a:4,b:4"; without a number a host has one slot, and one that is named twice has two. UserError
/// where a number of slots is none, or below 1.
std::vector<LaunchHost> hosts_of_option(std::string_view text);
/// Of a hostfile, which `name` names: a host a line, with slots=N (Open MPI) or as a:N (Hydra); # begins a
/// comment. UserError as above.
std::vector<LaunchHost> hosts_of_file(std::string_view text, const std::string& name);
/// As --host has them.
std::string host_option(const std::vector<LaunchHost>& hosts);
int slots_of(const std::vector<LaunchHost>& hosts);

/// Whether a host runs a program that `agent` starts there within seconds: ssh, or what takes its place with
/// Open MPI, which may be given several ("ssh : rsh"): the first of them is asked. This machine always does.
bool answers(const std::string& agent, const LaunchHost& host);

}  // namespace weft
