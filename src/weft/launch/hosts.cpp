#include "weft/launch/hosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "weft/base/check.h"
#include "weft/base/environment.h"
#include "weft/launch/child_process.h"

namespace weft {

namespace {

int slots_from(std::string_view text, const std::string& where, std::string_view host) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || read != end || number < 1) {
    user_error("{}: host {} has \"{}\" slots, expected a number above 0", where, host, text);
  }
  return number;
}

/// "name" or "name:4"; `slots` where it is the name alone.
LaunchHost host_of(std::string_view text, int slots, const std::string& where) {
  // Several colons, or one in brackets, are an address of IPv6.
  const size_t last = text.rfind(':');
  const bool is_plain =
      text.find(':') == last || (last > 0 && last != std::string_view::npos && text[last - 1] == ']');
  const size_t colon = is_plain ? last : std::string_view::npos;
  const std::string_view name = text.substr(0, colon);
  if (colon != std::string_view::npos) slots = slots_from(text.substr(colon + 1), where, name);
  return {std::string(name), slots};
}

void add(std::vector<LaunchHost>& hosts, const LaunchHost& host) {
  const auto there = std::find_if(hosts.begin(), hosts.end(),
                                  [&](const LaunchHost& other) { return other.name == host.name; });
  if (there == hosts.end()) {
    hosts.push_back(host);
  } else {
    there->slots += host.slots;
  }
}

}  // namespace

std::vector<LaunchHost> hosts_of_option(std::string_view text) {
  std::vector<LaunchHost> hosts;
  std::istringstream all{std::string(text)};
  for (std::string one; std::getline(all, one, ',');) {
    if (!one.empty()) add(hosts, host_of(one, 1, "--host"));
  }
  return hosts;
}

std::vector<LaunchHost> hosts_of_file(std::string_view text, const std::string& name) {
  constexpr std::string_view kSlots = "slots=";
  std::vector<LaunchHost> hosts;
  std::istringstream all{std::string(text)};
  for (std::string line; std::getline(all, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    if (!(words >> word)) continue;
    LaunchHost host = host_of(word, 0, name);
    while (words >> word) {
      if (!word.starts_with(kSlots)) continue;
      host.slots = slots_from(std::string_view(word).substr(kSlots.size()), name, host.name);
    }
    add(hosts, host);
  }
  return hosts;
}

std::string host_option(const std::vector<LaunchHost>& hosts) {
  std::string text;
  for (const LaunchHost& host : hosts)
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", host.name, host.slots);
  return text;
}

int slots_of(const std::vector<LaunchHost>& hosts) {
  int slots = 0;
  for (const LaunchHost& host : hosts) slots += host.slots;
  return slots;
}

bool answers(const std::string& agent, const LaunchHost& host) {
  if (host.name == "localhost" || host.name == host_name() || host.name.starts_with("127.")) return true;
  constexpr std::string_view kWord = "weft-is-here";
  // The agent may wait for a password, or for a network that answers nothing.
  std::vector<std::string> words{"/usr/bin/env", "timeout", "-k", "1", "20"};
  std::istringstream own(agent.substr(0, agent.find(" : ")));
  bool is_first = true;
  for (std::string word; own >> word; is_first = false) {
    words.push_back(word);
    if (is_first && word.substr(word.rfind('/') + 1) == "ssh")
      words.insert(words.end(), {"-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "ControlPath=none"});
  }
  words.insert(words.end(), {host.name, "echo", std::string(kWord)});
  return output_of(words).find(kWord) != std::string::npos;
}

}  // namespace weft
