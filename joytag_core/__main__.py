"""Where does the command line begin?"""

import sys


def main() -> int:
    """Run one command; return its exit status. Ctrl-C ends it with a word, also while it is still being imported."""
    try:
        from .cli.main import main as run

        return run()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
