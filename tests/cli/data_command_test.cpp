// weft data inspect, bench and make.
#include "tests/cli/command.h"

namespace weft::testing {
namespace {

using DataCommandTest = Cli;

TEST_F(DataCommandTest, BenchesTheDataPathOfARecipe) {
  const Outcome bench = run("data bench " + recipe() + " --steps 3 --epochs 2");
  EXPECT_EQ(bench.code, 0);
  EXPECT_NE(bench.text.find("epoch 1"), std::string::npos) << bench.text;
  EXPECT_NE(bench.text.find("\n  nothing is read: all samples are in memory\n"), std::string::npos)
      << bench.text;
  EXPECT_EQ(bench.text.find("rank 0 read"), std::string::npos) << bench.text;
  EXPECT_EQ(run("train " + recipe() + " --out " + out()).code, 0);
  const Outcome of_run = run("data bench " + out() + " --steps 1 --epochs 1");
  EXPECT_EQ(of_run.code, 0) << of_run.text;
  EXPECT_NE(of_run.text.find("epoch 0"), std::string::npos) << of_run.text;
  EXPECT_NE(run("data bench " + folder_.string()).text.find(": is a folder without recipe.toml, so no run's"),
            std::string::npos);
}

TEST_F(DataCommandTest, TextIsInspectedAndSaysWhatReadsIt) {
  const fs::path folder = folder_ / "texts";
  fs::create_directories(folder);
  std::ofstream(folder / "a.txt") << std::string(2048, 'a');
  std::ofstream(folder / "blob.txt") << std::string("b\0", 2);
  const std::string path = folder.string();
  const std::string use = "note      " + path +
                          ": data.kind = \"text\" reads it; weft data make tokens --text " + path +
                          " --out FILE.tokens counts its tokens, for data.windows = \"streamed\" too\n";
  Outcome outcome = run("data inspect " + path);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.text, "format    text\nbytes     2.00 KiB in 1 file\nnote      PATH: 1 file in " + path +
                              " left out, " + path + "/blob.txt: 1 with a zero byte (binary, or UTF-16)\n" +
                              use);
  fs::remove(folder / "blob.txt");
  std::ofstream(folder / "table.csv") << "1,2\n";
  outcome = run("data inspect " + path);
  EXPECT_TRUE(outcome.text.ends_with(use + "note      " + path +
                                     ": tables are read as text; numpy.savez(\"both.npz\", x=x, y=y) makes "
                                     "arrays of them\n"))
      << outcome.text;
  outcome = run("data inspect --check " + path + "/a.txt");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(outcome.text.ends_with("; data.kind = \"text\" reads text\n")) << outcome.text;
  outcome = run("data inspect --check " + path + "/table.csv");
  EXPECT_TRUE(outcome.text.ends_with("; of a table, numpy.savez(\"both.npz\", x=x, y=y) makes arrays\n"))
      << outcome.text;
}

TEST_F(DataCommandTest, DataIsMadeInspectedAndChecked) {
  const std::string file = (folder_ / "v.h5").string();
  const std::string index = (folder_ / "v.index").string();
  EXPECT_EQ(
      run(fmt::format("data make volumes --out {} --count 3 --shape 8x8x8x2 --chunks 4x8x8x2 --deflate 4",
                      file))
          .code,
      0);
  Outcome outcome = run(fmt::format("data inspect {} --index {}", file, index));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_NE(
      outcome.text.find("format    hdf5\nsamples   3\nfield     full f32 [8, 8, 8, 2]\n          2 to "),
      std::string::npos)
      << outcome.text;
  EXPECT_NE(outcome.text.find("0 bad, 0 changed"), std::string::npos) << outcome.text;
  outcome = run(fmt::format("data inspect {} --index {}", file, index));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  // The same names and shapes with other contents.
  run(fmt::format("data make volumes --out {} --count 3 --shape 8x8x8x2 --seed 2", file));
  outcome = run(fmt::format("data inspect {} --index {}", file, index));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("0 bad, 3 changed"), std::string::npos) << outcome.text;
  outcome = run(fmt::format("data inspect {} --fields nothing", file));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("there is no 'nothing', it holds full [3, 8, 8, 8, 2], unitPar [3, 4]"),
            std::string::npos)
      << outcome.text;
  outcome = run(fmt::format("data make volumes --out {} --count 1 --shape 8x", file));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text, "weft: --shape 8x: expected sizes as in 128x128x128x4\n");
}

TEST_F(DataCommandTest, BenchesTheDataPathOfVolumes) {
  const std::string file = (folder_ / "volumes.h5").string();
  EXPECT_EQ(run(fmt::format("data make volumes --out {} --count 12 --shape 16x16x16x2", file)).code, 0);
  const std::string recipe = std::string(WEFT_SOURCE_DIR) + "/recipes/cosmoflow.toml";
  const Outcome outcome = run(fmt::format("data bench {} --set data.path={} --epochs 2", recipe, file));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  for (const char* words : {"epoch 1", "source ", "bound: ", "naive: "})
    EXPECT_NE(outcome.text.find(words), std::string::npos) << outcome.text;
  // The second epoch begins elsewhere, and so with another loader: what the first one did is not undone.
  const Outcome parts = run(fmt::format(
      "data bench {} --set data.path={} --set data.batch=2 --epochs 2 --steps 2 --no-naive", recipe, file));
  EXPECT_EQ(parts.code, 0) << parts.text;
  EXPECT_NE(parts.text.find("epoch 1"), std::string::npos) << parts.text;
  EXPECT_EQ(parts.text.find(" -"), std::string::npos) << parts.text;
}

}  // namespace
}  // namespace weft::testing
