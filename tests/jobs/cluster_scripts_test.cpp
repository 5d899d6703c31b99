// The scripts of scripts/cluster/, with programs of Slurm's names that the test makes. Its srun has mpirun
// stand for the PMIx server of Slurm's, and takes away the variables of mpirun's own that a rank would know
// it by.
#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/jobs/job.h"

namespace weft::testing {
namespace {

namespace fs = std::filesystem;

constexpr Seconds kStart{30};
constexpr Seconds kEnd{30};

class ClusterScripts : public JobTest {
 protected:
  ClusterScripts() {
    fs::create_directories(folder("bin"));
    program("scontrol", fmt::format("echo scontrol \"$@\" >> {}", folder("log").string()));
    program(
        "srun",
        fmt::format("echo srun \"$@\" >> {}\n"
                    "while [ \"${{1#--}}\" != \"$1\" ]; do shift; done\n"
                    "ranks=$SLURM_NTASKS\n"
                    "exec env -u SLURM_NTASKS -u SLURM_JOB_ID {} --oversubscribe --bind-to none -n $ranks "
                    "env -u OMPI_COMM_WORLD_SIZE -u OMPI_COMM_WORLD_RANK SLURM_JOB_ID=17 "
                    "SLURM_STEP_NUM_TASKS=$ranks \"$@\"",
                    folder("log").string(), WEFT_MPIEXEC));
  }
  void program(const std::string& name, const std::string& lines) const {
    const fs::path path = folder("bin") / name;
    std::ofstream(path) << "#!/bin/sh\n" << lines << "\n";
    fs::permissions(path, fs::perms::owner_all);
  }
  /// A script as Slurm starts it, with `variables` in its environment.
  Job script(const std::string& name, const std::string& variables, const std::string& options) const {
    return {fmt::format("env PATH={}:$PATH WEFT={} RECIPE={} RUN={} {} bash {}/scripts/cluster/{} {}",
                        folder("bin").string(), WEFT_BINARY, folder("tiny.toml").string(),
                        folder("run").string(), variables, WEFT_SOURCE_DIR, name, options),
            folder("output")};
  }
  std::string log() const {
    std::ifstream file(folder("log"));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  /// A job that runs out of time is started again by Slurm and goes on.
  void requeues(const std::string& name, const std::string& variables, const std::string& options) const {
    {
      Job job = script(name, variables, options);
      ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > 3; })) << job.text();
      kill(job.pid(), SIGUSR1);
      const std::optional<Outcome> outcome = job.wait(kEnd);
      ASSERT_TRUE(outcome) << job.text();
      EXPECT_EQ(outcome->code, 143) << outcome->text;
    }
    EXPECT_EQ(count(log(), "scontrol requeue 17\n"), 1) << log();
    ASSERT_EQ(checkpoints("run").size(), 1U);
    const size_t then = steps("run").size();
    Job job = script(name, variables, options);
    ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > then; })) << job.text();
    EXPECT_EQ(count(job.text(), fmt::format("resuming after step {}", then)), 1) << job.text();
  }
};

TEST_F(ClusterScripts, SrunStartsRanksThatAreRequeued) {
  requeues("srun.sbatch", "SLURM_JOB_ID=17 SLURM_NTASKS=2 SLURM_CPUS_PER_TASK=1", "--set parallel.data=2");
  EXPECT_EQ(count(log(), "srun --mpi=pmix --cpus-per-task=1 --cpu-bind=cores --kill-on-bad-exit=1 "), 2)
      << log();
}

TEST_F(ClusterScripts, LaunchStartsRanksInAJobOfSlurmsThatAreRequeued) {
  requeues("launch.sbatch",
           "OMPI_MCA_odls_base_sigkill_timeout=1 SLURM_JOB_ID=17 SLURM_NTASKS=2 SLURM_NNODES=1 "
           "SLURM_TASKS_PER_NODE=2 SLURM_NODELIST=$(hostname) "
           "SLURM_JOB_NODELIST=$(hostname) SLURM_JOB_NUM_NODES=1",
           "");
}

TEST_F(ClusterScripts, RanksThatSrunStartsWithoutPmixAreRefused) {
  program(
      "srun",
      "while [ \"${1#--}\" != \"$1\" ]; do shift; done\n"
      "SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=0 \"$@\" & SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1 \"$@\"; code=$?\n"
      "wait; exit $code");
  Job job = script("srun.sbatch", "SLURM_JOB_ID=17 SLURM_NTASKS=2", "--set parallel.data=2");
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->code, 1) << outcome->text;
  EXPECT_EQ(count(outcome->text, "the launcher started 2 processes, but each is alone to MPI"), 2)
      << outcome->text;
  EXPECT_FALSE(fs::exists(folder("run")));
}

TEST_F(ClusterScripts, ASweepRunsItsLine) {
  std::ofstream(folder("sweep.txt")) << "--set run.steps=2\n--set run.steps=3 --set run.seed=5\n";
  const std::string variables =
      fmt::format("SWEEP={} RUNS={} SLURM_JOB_ID=17 SLURM_ARRAY_TASK_ID=", folder("sweep.txt").string(),
                  folder("sweep").string());
  Job second = script("sweep.sbatch", variables + "2", "");
  const std::optional<Outcome> outcome = second.wait(kEnd);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->code, 0) << outcome->text;
  EXPECT_EQ(steps("sweep/2").size(), 3U);
  Job third = script("sweep.sbatch", variables + "3", "");
  const std::optional<Outcome> refused = third.wait(kEnd);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, 2) << refused->text;
  EXPECT_EQ(count(refused->text, "sweep.txt has no line 3"), 1) << refused->text;
}

TEST_F(ClusterScripts, ASweepsValuesMayHaveSpacesAndQuotes) {
  std::ofstream(folder("sweep.txt")) << "--set run.steps=2 --set \"run.name=a 'b' c\" --set log.every=1\n"
                                     << "--set run.name='x\n"
                                     << "--set 'run.name=$HOME *' --set run.steps=2\n";
  const std::string variables =
      fmt::format("SWEEP={} RUNS={} SLURM_JOB_ID=17 SLURM_ARRAY_TASK_ID=", folder("sweep.txt").string(),
                  folder("sweep").string());
  const auto outcome_of = [&](const std::string& line) {
    Job job = script("sweep.sbatch", variables + line, "");
    const std::optional<Outcome> outcome = job.wait(kEnd);
    return outcome.value_or(Outcome{});
  };
  const auto recipe_of = [&](const std::string& run) {
    std::ifstream file(folder("sweep/" + run + "/recipe.toml"));
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_EQ(outcome_of("1").code, 0);
  EXPECT_EQ(count(recipe_of("1"), "name = \"a 'b' c\"\n"), 1) << recipe_of("1");
  const Outcome open = outcome_of("2");
  EXPECT_EQ(open.code, 2) << open.text;
  EXPECT_EQ(count(open.text, "sweep.txt: line 2 cannot be split into options: are its quotes closed?"), 1);
  EXPECT_EQ(outcome_of("3").code, 0);
  EXPECT_EQ(count(recipe_of("3"), "name = \"$HOME *\"\n"), 1) << recipe_of("3");
}

TEST_F(ClusterScripts, HostsOfAFileGetTheirRanks) {
  std::ofstream(folder("hosts")) << "# a comment\n\nlocalhost slots=2\n";
  Job job = script("ssh.sh", "RESTARTS=0",
                   fmt::format("{} {} {} --set run.steps=3", folder("hosts").string(),
                               folder("tiny.toml").string(), folder("run").string()));
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->code, 0) << outcome->text;
  EXPECT_EQ(count(outcome->text, "launch: -n 2 makes parallel.data 2"), 1) << outcome->text;
  EXPECT_EQ(steps("run").size(), 3U);
}

}  // namespace
}  // namespace weft::testing
