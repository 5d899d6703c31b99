#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "weft/base/exit_code.h"
#include "weft/params/checkpoint_files.h"
#include "weft/recipe/recipe.h"
#include "weft/train/generation/sampling.h"

namespace weft {

/// What the command line said; each command reads what it declared.
struct Arguments {
  std::string recipe;
  std::vector<std::string> set;
  std::string out;
  std::string trace;
  std::string checkpoint;
  std::string format = "huggingface";
  std::optional<std::string> prompt;         ///< none: the recipe's log.prompt
  std::string target;                        ///< a file or folder to inspect, export to or report on
  std::vector<std::string> targets{"runs"};  ///< folders of runs
  std::vector<std::string> skip;
  std::string machine;
  std::string file_system;  ///< folders that probe measures
  std::string local_disk;
  double seconds = 20;  ///< that a probe takes rounds in
  int threads = 0;      ///< of each rank of a probe; 0: a share of the cores
  int64_t tokens = 200;
  int64_t batches = 0;  ///< of an evaluation; 0: all
  Sampling sampling;
  std::optional<int64_t> seed;  ///< of generated text; none: the recipe's
  int64_t samples = 1;          ///< texts
  int ranks = 0;
  bool trial = false;  ///< of a training: two steps of everything
  bool explain = false;
  bool tensors = false;
  bool stages = false;
  bool partial = false;  ///< an import says what it cannot use, and goes on
  bool dot = false;
  bool graph = false;
  bool passes = false;
  bool list_passes = false;
  bool reference = false;
  bool ops = false;
  std::string graph_file;  ///< to write (plan) or to read (inspect)
};

int command_train(const Arguments& arguments);
int command_try(const Arguments& arguments);
int command_resume(const Arguments& arguments);
int command_eval(const Arguments& arguments);
int command_generate(const Arguments& arguments);
int command_plan(const Arguments& arguments);
int command_probe(const Arguments& arguments);
int command_runs(const Arguments& arguments);
int command_compare(const Arguments& arguments);
int command_report(const Arguments& arguments);
int command_export(const Arguments& arguments);
int command_import(const Arguments& arguments);
int command_inspect(const Arguments& arguments);

/// The checkpoint that the command line names: --checkpoint, or the newest good one of the run's folder,
/// `out` or the recipe's. UserError where it names none, or the folder has none.
CheckpointReader open_checkpoint(const Arguments& arguments, const Recipe& recipe, const std::string& out);

}  // namespace weft
