// Of cli/command_probe.cpp, cli/command_plan.cpp: what a probe measured is what plans and runs are priced by.
#include "tests/cli/command.h"
#include "tests/machine/own_cache.h"
#include "weft/base/cores.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using testing::content;
using testing::Outcome;
using testing::run;

class CliProbe : public testing::Cli {
 protected:
  static void expect(const Outcome& outcome, const std::string& words) {
    EXPECT_NE(unwrapped(outcome.text).find(words), std::string::npos) << words << " is not in\n"
                                                                      << outcome.text;
  }
  /// Lines that were broken for a narrow page are whole again.
  static std::string unwrapped(std::string text) {
    for (size_t at = 0; (at = text.find("\n  ", at)) != std::string::npos;) text.replace(at, 3, " ");
    return text;
  }
  /// The one file of the cache.
  fs::path kept() const {
    const fs::directory_iterator files(cache_.folder());
    return files == fs::directory_iterator() ? fs::path() : files->path();
  }
  /// A cache as a probe of this host writes it.
  std::string probe_into_cache() const {
    const Outcome probe = run("probe --seconds 0");
    EXPECT_EQ(probe.code, 0) << probe.text;
    return probe.text;
  }

  testing::OwnCache cache_;
};

TEST_F(CliProbe, SaysWhatItMeasuredAndWhatNotAndAPlanWhatItAssumes) {
  const std::string file = (folder_ / "probed.json").string();
  const Outcome probe = run("probe --seconds 0 --storage " + folder_.string() + " --out " + file);
  EXPECT_EQ(probe.code, 0) << probe.text;
  for (const char* words :
       {"product in f32, ", " in bf16", "copy in memory", "first touch of memory", " GB/s ", " spread ",
        "not measured: network: this is one rank", "not measured: local_disk: no folder given"}) {
    expect(probe, words);
  }
  expect(probe, "written to " + file + ", for data.machine and weft plan --machine\n");
  EXPECT_TRUE(kept().empty()) << "--out is instead of the cache";
  const std::string name = read_machine(file).name;
  const Outcome priced = run("plan " + recipe() + " --machine " + file);
  expect(priced, fmt::format("priced for the machine \"{}\" of {}", name, file));
  expect(run("plan " + recipe() + " --set data.machine=" + file),
         "priced for the machine \"" + name + "\" of ");
  expect(run("plan " + recipe() + " --ranks 2 --machine " + file), "network latency 2 us, 5000 MB/s\n");
  expect(run("plan " + recipe()),
         "priced for a machine that nobody measured (weft probe measures this one, --machine takes a file of "
         "another); assumed: f32 200 Gflop/s; bf16 400");
}

TEST_F(CliProbe, RefusesFoldersBeforeItMeasures) {
  const Outcome nowhere = run("probe --storage /no/such");
  EXPECT_EQ(nowhere.code, 1);
  EXPECT_EQ(nowhere.text, "weft: /no/such: the probe cannot write a file here: No such file or directory\n");
  setenv("XDG_CACHE_HOME", "/dev/null", 1);
  const Outcome no_cache = run("probe");
  EXPECT_EQ(no_cache.code, 1);
  EXPECT_EQ(
      no_cache.text,
      "weft: /dev/null/weft: the folder cannot be made: Not a directory; --out FILE writes elsewhere\n");
  setenv("XDG_CACHE_HOME", "here", 1);
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  unsetenv("HOME");
  EXPECT_EQ(run("probe").text,
            "weft: probe: neither XDG_CACHE_HOME nor HOME is an absolute path, expected one of them, or "
            "--out FILE\n");
  EXPECT_EQ(run("plan " + recipe()).code, 0) << "no cache is no trouble for others";
  if (!home.empty()) setenv("HOME", home.c_str(), 1);
}

TEST_F(CliProbe, WhatItKeepsPricesPlansAndRuns) {
  const std::string text = probe_into_cache();
  EXPECT_NE(text.find("written to " + kept().string() + ", where plans find it\n"), std::string::npos)
      << text;
  const std::string here = fmt::format("this machine, probed on {} with 1 rank of {} thread",
                                       read_machine(kept()).measured_on.date, available_cores());
  expect(run("plan " + recipe()), "priced for " + here);
  const Outcome several = run("plan " + recipe() + " --ranks 4");
  expect(several, "priced for " + here);  // each is one like it
  expect(several, "; not measured, and assumed: ");
  expect(run("train " + recipe() + " --out " + out()), "; priced by " + here);
  EXPECT_EQ(content(folder_ / "run/machine.json"), content(kept()));
  expect(run("report " + out()), "report");
  EXPECT_NE(content(folder_ / "run/report.html").find("Predicted for " + here), std::string::npos);
  // Another probe changes nothing for a run that goes on.
  fs::remove(kept());
  expect(run("resume " + out() + " --set run.steps=8"), "; priced by " + here);
}

TEST_F(CliProbe, AFileOfTheCacheThatIsCutShortIsSaidAndTheRunGoesOn) {
  probe_into_cache();
  fs::resize_file(kept(), fs::file_size(kept()) / 2);
  const std::string trouble = kept().string() + ": is no machine description, or a part of one: ";
  const std::string cure = "; prices are guessed until weft probe measures this machine again\n";
  const Outcome plan = run("plan " + recipe());
  EXPECT_EQ(plan.code, 0);
  for (const std::string& words : {trouble, cure, std::string("priced for a machine that nobody measured")}) {
    expect(plan, words);
  }
  const Outcome trained = run("train " + recipe() + " --out " + out());
  EXPECT_EQ(trained.code, 0);
  for (const std::string& words : {trouble, cure, std::string("roughly guessed ")}) expect(trained, words);
  probe_into_cache();
  expect(run("plan " + recipe()), "priced for this machine, probed on ");
  expect(run("resume " + out() + " --set run.steps=8"),
         "; as when the run began; data.machine may name a file of weft probe");
}

}  // namespace
}  // namespace weft
