"""Prints what TensorBoard's own reader finds in a log folder: `tag step value` a line, sorted.

Usage: check_tensorboard.py FOLDER
"""

import sys

from tensorboard.backend.event_processing import event_accumulator


def main() -> None:
    reader = event_accumulator.EventAccumulator(sys.argv[1])
    reader.Reload()
    for tag in sorted(reader.Tags()["scalars"]):
        for event in reader.Scalars(tag):
            print(tag, event.step, f"{event.value:.9g}")


if __name__ == "__main__":
    main()
