# SPDX-License-Identifier: Apache-2.0
"""`make invoke`: exit status 0 if every sample did what it is for."""

import sys

from edgepixel.console.progress import output_console
from edgepixel.errors import EdgePixelError
from tests.sam_local.run import invoke

if __name__ == "__main__":
    try:
        sys.exit(0 if invoke(output_console()) else 1)
    except EdgePixelError as error:
        sys.exit(f"make invoke: {error}")
