# SPDX-License-Identifier: Apache-2.0
"""Entry point of `python -m localcloud`."""

import argparse
import math
import sys

from localcloud.cloudfront.standard_logs.disorder import DisorderError
from localcloud.server import PortTakenError, serve
from localcloud.server_environment import LogLevelError


def main() -> int:
    """Serve the local cloud: ends the process with 0, or returns 2 if its port is taken or an argument is wrong."""
    parser = argparse.ArgumentParser(prog="python -m localcloud", description="AWS on one machine, for this project.")
    parser.add_argument("--port", type=_port, default=4566, help="port on 127.0.0.1 (default 4566)")
    parser.add_argument("--speed", type=_positive, default=1.0, help="how many times faster waiting goes (default 1)")
    parser.add_argument(
        "--idle-minutes", type=_positive, default=60.0, help="stop after so many minutes without a request (default 60)"
    )
    options = parser.parse_args()
    try:
        serve(options.port, options.speed, options.idle_minutes)
    except PortTakenError as error:
        print(f"{error}: stop what listens there, or choose another port with --port", file=sys.stderr)
        return 2
    except (LogLevelError, DisorderError) as error:
        parser.error(str(error))


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
