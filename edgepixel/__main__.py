# SPDX-License-Identifier: Apache-2.0
"""Entry point of `python -m edgepixel`."""

import sys

from edgepixel.cli import main

sys.exit(main())
