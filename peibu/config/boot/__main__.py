"""python -m peibu.config.boot run|test ...: called by ./run and ./test, first with any Python, then with .venv's."""

import sys

from peibu.config.boot import options, toolchain


def main() -> int:
    task, words = sys.argv[1], sys.argv[2:]
    try:
        chosen = options.for_run(words) if task == "run" else options.for_test(words)
        if not toolchain.inside():
            toolchain.prepare("run" if task == "run" else "dev")
            toolchain.go_inside(task, words)
        if task == "run":
            from peibu.config.boot import start

            return start.main(chosen)
        from peibu.config.boot import check

        return check.main(*chosen)
    except (toolchain.SetUpError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
