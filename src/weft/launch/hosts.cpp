#include "weft/launch/hosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "weft/base/environment.h"
#include "weft/launch/child_process.h"

namespace weft {

namespace {

int number_of(std::string_view text) {
  int number = 1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::max(1, number);
}

/// "name" or "name:4"; `slots` where it is the name alone.
LaunchHost host_of(std::string_view text, int slots) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {std::string(text), slots};
  return {std::string(text.substr(0, colon)), number_of(text.substr(colon + 1))};
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
    if (!one.empty()) add(hosts, host_of(one, 1));
  }
  return hosts;
}

std::vector<LaunchHost> hosts_of_file(std::string_view text) {
  constexpr std::string_view kSlots = "slots=";
  std::vector<LaunchHost> hosts;
  std::istringstream all{std::string(text)};
  for (std::string line; std::getline(all, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    if (!(words >> word)) continue;
    LaunchHost host = host_of(word, 0);
    while (words >> word) {
      if (word.starts_with(kSlots)) host.slots = number_of(std::string_view(word).substr(kSlots.size()));
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
  std::vector<std::string> words{"/usr/bin/env"};
  std::istringstream own(agent);
  for (std::string word; own >> word;) words.push_back(word);
  if (agent == "ssh") words.insert(words.end(), {"-o", "BatchMode=yes", "-o", "ConnectTimeout=5"});
  words.insert(words.end(), {host.name, "echo", std::string(kWord)});
  return output_of(words).find(kWord) != std::string::npos;
}

}  // namespace weft
