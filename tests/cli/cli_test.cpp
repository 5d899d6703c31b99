// Of cli/, cli/main.cpp, cli/plan_summary.cpp: the command as a person meets it: exit codes and the one
// sentence.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/cli/command.h"

namespace weft::testing {
namespace {

TEST_F(Cli, EveryCommandExplainsItself) {
  const Outcome all = run("--help");
  EXPECT_EQ(all.code, 0);
  for (const char* command :
       {"train", "eval", "generate", "plan", "probe", "report", "export", "import", "inspect"}) {
    EXPECT_NE(all.text.find(command), std::string::npos) << command;
    const Outcome help = run(std::string(command) + " --help");
    EXPECT_EQ(help.code, 0) << command;
    EXPECT_GT(help.text.size(), 100U) << command;
  }
  const Outcome version = run("--version");
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(version.text.starts_with("weft ")) << version.text;
  for (const char* part :
       {"compiler ", "MPI      ", "oneDNN   ", "HDF5     ", "vectors  ", "devices  cpu, reference\n"}) {
    EXPECT_NE(version.text.find(part), std::string::npos) << part << " is not in\n" << version.text;
  }
  EXPECT_NE(run("").code, 0);
  EXPECT_NE(run("fly").code, 0);
  EXPECT_EQ(
      run("inspect").text,
      "weft: inspect: name a recipe, a run, a checkpoint's or an export's folder, or a safetensors file\n");
  EXPECT_EQ(run("report " + out()).text, "weft: " + out() + ": there is no such folder of a run\n");
}

TEST_F(Cli, TrainLeavesARunThatTheOtherCommandsRead) {
  NEEDS_KINDS("metrics_log");
  const Outcome trained = run("train " + recipe() + " --out " + out() + " --trace " + out() + "-trace.json");
  ASSERT_EQ(trained.code, 0) << trained.text;
  for (const char* name :
       {"metrics.jsonl", "report.html", "recipe.toml", "checkpoints/step-0000000006/index.json"}) {
    EXPECT_TRUE(fs::exists(folder_ / "run" / name)) << name;
  }
  EXPECT_TRUE(fs::exists(out() + "-trace.json"));
  const Outcome evaluated = run("eval " + recipe() + " --out " + out());
  EXPECT_EQ(evaluated.code, 0) << evaluated.text;
  EXPECT_NE(evaluated.text.find("validation loss"), std::string::npos);
  const Outcome generated = run("generate " + recipe() + " --out " + out() + " --tokens 3 --prompt all");
  EXPECT_EQ(generated.code, 0) << generated.text;
  EXPECT_NE(generated.text.find("\nall"), std::string::npos) << generated.text;
  // A report drawn anew is the report that the run wrote, to the byte.
  const std::string written = content(fs::path(out()) / "report.html");
  for (const char* part : {"Time by op", "<blockquote>"}) EXPECT_NE(written.find(part), std::string::npos);
  fs::remove(fs::path(out()) / "report.html");
  EXPECT_EQ(run("report " + out()).code, 0);
  EXPECT_EQ(content(fs::path(out()) / "report.html"), written);
  std::ofstream(fs::path(out()) / "report.json") << "{";
  EXPECT_NE(run("report " + out()).text.find("report.json: not what `weft train` wrote"), std::string::npos);
  const Outcome inspected = run("inspect " + out() + "/checkpoints/step-0000000006");
  EXPECT_NE(inspected.text.find("adam.m.wte"), std::string::npos);
}

TEST_F(Cli, ResultsAloneAreOnStandardOutput) {
  const std::string results = (folder_ / "results.txt").string();
  const std::string command =
      fmt::format("{} train {} --out {} > {} 2>/dev/null", WEFT_BINARY, recipe(), out(), results);
  ASSERT_EQ(std::system(command.c_str()), 0);
  const std::string text = content(results);
  EXPECT_TRUE(text.ends_with("report " + out() + "/report.html\n")) << text;
  EXPECT_NE(text.find("\nvalidation loss "), std::string::npos) << text;
  for (const char* part : {"step 6/6", "model ", "folder "})
    EXPECT_EQ(text.find(part), std::string::npos) << text;
}

TEST_F(Cli, RunsAreListedAndCompared) {
  const fs::path all = folder_ / "runs";
  const std::string one = (all / "one").string();
  const std::string two = (all / "two").string();
  ASSERT_EQ(run("train " + recipe() + " --out " + one).code, 0);
  ASSERT_EQ(run("train " + recipe() + " --out " + two + " --set run.steps=4 --set optimizer.kind=sgd").code,
            0);
  const Outcome runs = run("runs " + all.string());
  EXPECT_EQ(runs.code, 0);
  EXPECT_NE(runs.text.find(one + "  finished  6/6"), std::string::npos) << runs.text;
  EXPECT_NE(runs.text.find(two + "  finished  4/4"), std::string::npos) << runs.text;
  std::ofstream(fs::path(two) / "metrics.jsonl") << "no row\n";
  const Outcome broken = run("runs " + all.string());
  EXPECT_EQ(broken.code, 0) << "one that is broken does not hide the others";
  EXPECT_NE(broken.text.find(one + "  finished  6/6"), std::string::npos) << broken.text;
  EXPECT_NE(broken.text.find("metrics.jsonl:1: is no row of metrics"), std::string::npos) << broken.text;
  std::ofstream(fs::path(two) / "metrics.jsonl").close();

  const std::string page = (folder_ / "compare.html").string();
  const Outcome compared = run("compare " + one + " " + two + " --out " + page);
  EXPECT_EQ(compared.code, 0) << compared.text;
  for (const char* part :
       {"run.steps", "optimizer.kind", "\"sgd\"", "optimizer.betas", "last validation loss", "6 of 6"}) {
    EXPECT_NE(compared.text.find(part), std::string::npos) << part << " is not in\n" << compared.text;
  }
  EXPECT_EQ(compared.text.find("optimizer.clip"), std::string::npos) << "equal keys are not listed";
  EXPECT_TRUE(compared.text.ends_with("\ndrawn in " + page + "\n")) << compared.text;
  EXPECT_NE(content(page).find("2 runs compared"), std::string::npos);
  EXPECT_NE(run("compare " + one + " " + one + " --out " + page).text.find("the recipes are equal\n"),
            std::string::npos);
  EXPECT_EQ(run("compare " + one).code, 2);
  EXPECT_EQ(run("compare " + one + " " + all.string()).text,
            "weft: " + all.string() +
                ": is a folder without recipe.toml, so no run's; weft runs lists those that there are\n");
  EXPECT_EQ(run("runs " + out()).text, "weft: runs: there is no folder " + out() + "\n");
  fs::create_directories(out());
  EXPECT_EQ(run("runs " + out()).text, "no runs in " + out() + "; a run's folder has a recipe.toml\n");
}

TEST_F(Cli, ExportAndImportGiveTheSameWeightsBack) {
  ASSERT_EQ(run("train " + recipe() + " --out " + out()).code, 0);
  const Outcome exported = run("export " + recipe() + " --out " + out() + " --to " + out() + "-hf");
  ASSERT_EQ(exported.code, 0) << exported.text;
  EXPECT_EQ(
      run("import " + recipe() + " --from /no/such --out " + out() + "-none").text,
      "weft: import: --from /no/such is no folder, expected one with config.json and model.safetensors\n");
  EXPECT_FALSE(fs::exists(out() + "-none"));
  const Outcome imported = run("import " + recipe() + " --from " + out() + "-hf --out " + out() + "-in");
  ASSERT_EQ(imported.code, 0) << imported.text;
  EXPECT_NE(run("runs " + out() + "-in").text.find("not begun"), std::string::npos);
  const Outcome refused = run("import " + recipe() + " --from " + out() + "-hf --out " + out() + "-no" +
                              " --set model.width=16 --set model.heads=4");
  EXPECT_EQ(refused.code, 1) << refused.text;
  EXPECT_FALSE(fs::exists(out() + "-no"));
  const Outcome before = run("eval " + recipe() + " --out " + out());
  const Outcome after = run("eval " + recipe() + " --out " + out() + "-in");
  const auto without_the_first_line = [](const std::string& text) { return text.substr(text.find('\n')); };
  EXPECT_EQ(without_the_first_line(before.text), without_the_first_line(after.text));
}

TEST_F(Cli, PlansManyRanksWithoutStartingThem) {
  const Outcome planned = run("plan " + recipe() + " --ranks 4 --explain");
  EXPECT_EQ(planned.code, 0) << planned.text;
  EXPECT_NE(planned.text.find("mesh data=4"), std::string::npos);
  EXPECT_NE(planned.text.find("all_reduce"), std::string::npos);
}

TEST_F(Cli, BadInputIsOneSentenceAndAnExitCode) {
  const Outcome unknown = run("train " + recipe() + " --set optimizer.learnig_rate=1");
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.text.find("did you mean \"optimizer.learning_rate\"?"), std::string::npos)
      << unknown.text;
  const Outcome missing = run("train /no/such.toml");
  EXPECT_EQ(missing.code, 1);
  const Outcome data = run("train " + recipe() + " --set data.path=/no/such --out " + out());
  EXPECT_EQ(data.code, 1);
  EXPECT_EQ(data.text, "weft: data.path: /no/such does not exist; --set data.path=… says where it is\n");
  const Outcome memory = run("train " + recipe() + " --set data.batch=100000000 --out " + out());
  EXPECT_EQ(memory.code, 1);
  EXPECT_NE(memory.text.find("not enough memory"), std::string::npos) << memory.text;
  const Outcome nowhere = run("eval " + recipe());
  EXPECT_EQ(nowhere.code, 1);
  EXPECT_EQ(nowhere.text,
            "weft: no checkpoint is named: give the run's folder with --out, or one checkpoint with "
            "--checkpoint\n");
  const Outcome two = run("inspect --graph net.json " + recipe());
  EXPECT_EQ(two.code, 1);
  EXPECT_EQ(two.text, "weft: inspect: --graph prints net.json alone; leave out " + recipe() + "\n");
  const Outcome none = run("eval " + recipe() + " --out " + out());
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.text.find(": no checkpoint here; name the run's folder with --out, or one checkpoint with "),
            std::string::npos)
      << none.text;
}

TEST_F(Cli, AnEmptyValueIsAMistakeOfTheCommandLine) {
  for (const auto& [words, name] : {std::pair{"eval x.toml --checkpoint ''", "--checkpoint"},
                                    {"train x.toml --out ''", "--out"},
                                    {"report ''", "RUN"},
                                    {"launch --host '' train x.toml", "--host"},
                                    {"data inspect ''", "PATH"}}) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, 2) << outcome.text;
    EXPECT_TRUE(outcome.text.starts_with(fmt::format("weft: {}: expected a value, got an empty one; ", name)))
        << outcome.text;
  }
}

TEST_F(Cli, ABadFolderForTheRunIsOneSentence) {
  const std::string text = (folder_ / "text.txt").string();
  EXPECT_EQ(run("train " + recipe() + " --out " + out() + " --set data.path=nowhere").code, 1);
  EXPECT_FALSE(std::filesystem::exists(out())) << "a run that never began leaves no folder";
  const Outcome file = run("train " + recipe() + " --out " + text + "/run");
  EXPECT_EQ(file.code, 1);
  EXPECT_EQ(file.text, "weft: --out " + text + "/run: the folder cannot be made: Not a directory\n");
  ASSERT_EQ(run("train " + recipe() + " --out " + out()).code, 0);
  const Outcome again = run("train " + recipe() + " --out " + out());
  EXPECT_EQ(again.code, 1);
  EXPECT_EQ(again.text, "weft: --out " + out() +
                            ": holds the checkpoints of an earlier run; go on from it with --set "
                            "checkpoint.resume=true, or name another folder\n");
  EXPECT_NE(run("train " + recipe() + " --out " + out() + " --set checkpoint.resume=true --set run.steps=5")
                .text.find(": its newest checkpoint is of step 6, and the recipe ends at step 5"),
            std::string::npos);
  EXPECT_NE(
      run("generate " + recipe() + " --out " + out() + " --prompt \"\"")
          .text.find(
              "weft: data.tokenizer makes no token of the prompt \"\", and there must be one to go on from"),
      std::string::npos);
  const Outcome to = run("export " + recipe() + " --out " + out() + " --to " + text + "/hf");
  EXPECT_EQ(to.text, "weft: --to " + text + "/hf: the folder cannot be made: Not a directory\n");
  EXPECT_EQ(run("resume /tmp/none").text, "weft: /tmp/none: there is no such folder of a run\n");
  EXPECT_EQ(run("eval /").text,
            "weft: /: is a folder without recipe.toml, so no run's; weft runs lists those that there are\n");
  EXPECT_EQ(run("fly").text, "weft: there is no command fly; weft --help lists them\n");
  EXPECT_EQ(run("trian x.toml").text,
            "weft: there is no command trian (did you mean train?); weft --help lists them\n");
  EXPECT_EQ(run("data inspec x").text,
            "weft: there is no command data inspec (did you mean inspect?); weft --help lists them\n");
  EXPECT_EQ(run("trian x.toml").code, 2);
  EXPECT_EQ(run("train x.toml --epochs 3").text,
            "weft: --epochs is no option; did you mean --set run.epochs=…?; weft train --help tells more\n");
  EXPECT_EQ(run("train x.toml --epochs 3").code, 2);
  EXPECT_EQ(run("train x.toml --gpus 3").text,
            "weft: --gpus is no option; keys of the recipe are set by --set KEY=VALUE; weft train --help "
            "tells more\n");
  EXPECT_EQ(run("train").code, 2);
  const Outcome heads = run("train " + recipe() + " --set model.width=1024");
  EXPECT_EQ(
      heads.text,
      "weft: h.0.attn: attention: heads of 512 features, and at most 256 are possible; take more heads\n");
}

TEST_F(Cli, AnInterruptFinishesTheStepKeepsACheckpointAndSaysHowToGoOn) {
  const std::string command = "train " + recipe() + " --set run.steps=1000000 --set log.every=1000 --out " +
                              out() + " 2>&1 & pid=$!; sleep 1; kill -INT $pid; wait $pid; echo code $?";
  const Outcome stopped = run(command);
  EXPECT_NE(stopped.text.find(": go on with weft resume " + out() + "\n"), std::string::npos) << stopped.text;
  EXPECT_NE(stopped.text.find("code 130"), std::string::npos) << stopped.text;
  EXPECT_FALSE(fs::is_empty(folder_ / "run/checkpoints"));
}

TEST_F(Cli, PlansForRanksAndMachinesThatAreNotHere) {
  const Outcome plan = run("plan " + recipe() + " --ranks 4 --set parallel.tensor=2 --explain");
  EXPECT_EQ(plan.code, 0);
  for (const char* words : {"rank 0 of 4 (data=2 tensor=2)", "tensor: Shard(0)", "bound by arithmetic",
                            "over tensor", "a step, without accumulation"}) {
    EXPECT_NE(plan.text.find(words), std::string::npos) << words;
  }
  EXPECT_NE(
      run("plan " + recipe() + " --ranks 3 --set parallel.tensor=2")
          .text.find(
              "--ranks 3: the mesh's axes beside data (tensor=2) take 2 ranks, which does not divide it"),
      std::string::npos);
  const fs::path machine = folder_ / "machine.json";
  std::ofstream(machine) << R"({"name": "slow", "f32_gflops": 1e-3})";
  const Outcome slow = run("plan " + recipe() + " --machine " + machine.string());
  EXPECT_EQ(slow.code, 0);
  const auto prediction = [](const std::string& text) { return text.substr(text.find("a step, without")); };
  EXPECT_NE(prediction(slow.text), prediction(run("plan " + recipe()).text));
  std::ofstream(machine) << R"({"speed": 3})";
  EXPECT_NE(run("plan " + recipe() + " --machine " + machine.string()).text.find("unknown key \"speed\""),
            std::string::npos);
  EXPECT_NE(run("plan " + recipe() + " --passes").text.find("=== after schedule"), std::string::npos);
  EXPECT_NE(
      run("plan " + recipe() + " --skip pack_weights --explain").text.find("pack_weights       skipped"),
      std::string::npos);
  EXPECT_NE(run("plan " + recipe() + " --skip partition").text.find("cannot be left out, because"),
            std::string::npos);
}

TEST_F(Cli, SaysWhatEveryStageOfPlanningDoesAndDid) {
  const Outcome table = run("plan --stages " + recipe());
  for (const char* words :
       {"join_rows ", "pack_weights ", "ops that read a packed operand", "nodes that run once a step"}) {
    EXPECT_NE(table.text.find(words), std::string::npos) << words;
  }
  const Outcome list = run("plan --list-passes");
  EXPECT_EQ(list.code, 0);
  EXPECT_NE(list.text.find("## rematerialize"), std::string::npos);
  EXPECT_NE(run("plan").text.find("weft plan: got no recipe, expected one or --list-passes"),
            std::string::npos);
}

TEST_F(Cli, WhereStandardStreamsAreClosedNoTextGoesIntoFiles) {
  const std::string file = (folder_ / "text.tokens").string();
  const std::string make = fmt::format("data make tokens --text {} --out ", (folder_ / "text.txt").string());
  ASSERT_EQ(run(make + file).code, 0);
  const std::string expected = content(file);
  const auto code_of = [](const std::string& command) {
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  for (const std::string closed : {"<&-", "<&- >&- 2>&-", ">&- 2>&-"}) {
    const int code = closed == "<&-" ? 0 : 1;  // what is printed is lost
    const std::string other = (folder_ / "other.tokens").string();
    const std::string command = std::string(WEFT_BINARY) + " " + make + other + " " + closed;
    EXPECT_EQ(code_of(command), code) << closed;
    EXPECT_EQ(content(other), expected) << closed;
    const std::string train =
        std::string(WEFT_BINARY) + " train " + recipe() + " --out " + out() + " " + closed;
    EXPECT_EQ(code_of(train), code) << closed;
    EXPECT_EQ(content(out() + "/metrics.jsonl").front(), '{') << closed;
    fs::remove_all(out());
  }
}

TEST_F(Cli, ATokenFileIsMadeOfAText) {
  std::ofstream(folder_ / "text.txt") << std::string(100, 'a');
  const std::string file = (folder_ / "text.tokens").string();
  Outcome outcome =
      run(fmt::format("data make tokens --text {} --out {}", (folder_ / "text.txt").string(), file));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_EQ(outcome.text.find("100 tokens of 256 kinds"), 0U) << outcome.text;
  outcome = run(fmt::format("data inspect {} --window 9", file));
  EXPECT_NE(outcome.text.find("format    tokens\nsamples   11\n"), std::string::npos) << outcome.text;
  outcome = run(fmt::format("data make tokens --text {}/none --out {}", folder_.string(), file));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text, fmt::format("weft: --text: {}/none does not exist\n", folder_.string()));
}

TEST_F(Cli, ATokenFileDoesNotReplaceItsText) {
  fs::create_directories(folder_ / "corpus");
  const std::string text = (folder_ / "corpus/text.txt").string();
  std::ofstream(text) << std::string(100, 'a');
  std::ofstream(folder_ / "corpus/utf16.txt") << std::string("a\0", 2);
  fs::create_symlink(text, folder_ / "link");
  for (const std::string out : {"corpus/text.txt", "link", "corpus/../corpus/text.txt"}) {
    const Outcome outcome =
        run(fmt::format("data make tokens --text {} --out {}/{}", text, folder_.string(), out));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.text,
              fmt::format("weft: --out {}/{}: this is the text of --text itself, expected another place\n",
                          folder_.string(), out));
  }
  EXPECT_EQ(fs::file_size(text), 100U);
  Outcome outcome =
      run(fmt::format("data make tokens --text {0}/corpus --out {0}/corpus/a.tokens", folder_.string()));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text,
            fmt::format("weft: --out {}/corpus/a.tokens: this lies in the folder of --text, whose files "
                        "are the text; expected another place\n",
                        folder_.string()));
  const fs::path before = fs::current_path();
  fs::current_path(folder_ / "corpus");
  outcome = run("data make tokens --text . --out a.tokens");
  fs::current_path(before);
  EXPECT_NE(outcome.text.find("--out a.tokens: this lies in the folder of --text"), std::string::npos)
      << outcome.text;
  outcome = run(fmt::format("data make tokens --text {0}/corpus --out {0}/a.tokens", folder_.string()));
  EXPECT_NE(outcome.text.find("note: --text: 1 file in"), std::string::npos) << outcome.text;
}

TEST_F(Cli, OptionsTakeOneValueAndLeaveTheRecipe) {
  for (const std::string options : {"--skip hoist", "--set data.batch=2"}) {
    const Outcome outcome = run("plan " + options + " " + recipe());
    EXPECT_EQ(outcome.code, 0) << outcome.text;
  }
}

TEST_F(Cli, WhatCannotBeWrittenIsAnError) {
  // Standard error goes where standard output went, which then goes elsewhere; # ends the line before run's
  // own 2>&1.
  Outcome outcome = run("plan " + recipe() + " 2>&1 >/dev/full #");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text, "weft: standard output cannot be written: No space left on device\n");
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  outcome = run(fmt::format("plan {} --write-graph {}", recipe(), pipe.string()));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("pipe: this is a folder, a device or a pipe"), std::string::npos)
      << outcome.text;
  EXPECT_TRUE(fs::is_fifo(pipe));
  // A limit of a file's size ends the write, not the process by a signal.
  const std::string limited = fmt::format("--help >/dev/null; ulimit -f 1; {} plan {} --write-graph {}",
                                          WEFT_BINARY, recipe(), (folder_ / "graph.json").string());
  outcome = run(limited);
  EXPECT_EQ(outcome.code, 1) << outcome.text;
  EXPECT_NE(outcome.text.find("graph.json"), std::string::npos) << outcome.text;
}

TEST_F(Cli, RefusesATargetThatIsTheInput) {
  const std::string volumes = (folder_ / "volumes.h5").string();
  ASSERT_EQ(run("data make volumes --out " + volumes + " --count 40 --shape 8x8x8x4").code, 0);
  const Outcome outcome = run(fmt::format(
      "plan {}/recipes/cosmoflow.toml --set data.path={} --set data.input=full --set data.target=full",
      WEFT_SOURCE_DIR, volumes));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("data.target has the shape"), std::string::npos) << outcome.text;
}

TEST_F(Cli, SimulatesAScenario) {
  const std::string scenario = std::string(WEFT_SOURCE_DIR) + "/recipes/simulate/mnist.toml";
  const std::string json = (folder_ / "result.json").string();
  Outcome outcome = run(fmt::format("simulate io {} --policy weft,naive --json {}", scenario, json));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_LT(outcome.text.find("\nnaive  "), outcome.text.find("\nweft  ")) << outcome.text;
  EXPECT_EQ(outcome.text.find("nopfs"), std::string::npos) << outcome.text;
  EXPECT_NE(content(json).find("\"ratio_to_bound\""), std::string::npos);
  outcome = run("simulate io --help");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.text.find("locality-aware"), std::string::npos) << outcome.text;
  outcome = run("simulate io " + (folder_ / "none.toml").string());
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text, "weft: " + (folder_ / "none.toml").string() + ": no such scenario file\n");
  outcome = run(fmt::format("simulate io {} --policy weft --json /nowhere/x.json", scenario));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("weft: --json /nowhere/x.json: the file cannot be written\n"),
            std::string::npos);
  outcome = run(fmt::format("simulate io {} --policy naive --json /dev/full", scenario));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("weft: --json /dev/full: the file cannot be written\n"), std::string::npos)
      << outcome.text;
}

}  // namespace
}  // namespace weft::testing
