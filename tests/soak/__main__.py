"""Moves mail for a long time while lines break, and tells what came of it: ``python -m tests.soak --minutes 60``."""

import argparse
import sys

from tests.soak.run import soak

_MOST_MB_PER_HOUR = 1.0
# Within less than an hour the slope is noise.
_JUDGED_FROM_MINUTES = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    soaked = soak(chosen.minutes * 60, seed=chosen.seed, told=lambda line: print(line, flush=True))
    for difference in soaked.differences:
        print(difference)
    slope = soaked.slope_mb_per_hour
    print(f"{soaked.seconds / 60:.1f} minutes, {soaked.cycles} cycles, {soaked.restarts} restarts of the engine")
    print(f"{soaked.moved} messages moved, {soaked.faults} faults")
    print(f"{soaked.lost} lost, {soaked.twice} twice, {soaked.named} named as refused or doubtful")
    print(f"memory of the engine: {slope:+.2f} MB an hour after the first sixth ({len(soaked.samples)} samples)")
    steep = chosen.minutes >= _JUDGED_FROM_MINUTES and slope > _MOST_MB_PER_HOUR
    return 1 if steep or not soaked.equal else 0


if __name__ == "__main__":
    sys.exit(main())
