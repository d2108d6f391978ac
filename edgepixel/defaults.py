# SPDX-License-Identifier: Apache-2.0
"""What counts if a command is told nothing else, where more than one module needs it."""

DEFAULT_STACK = "edgepixel"
DEFAULT_SPEED = 300.0  # times faster than in AWS: the delivery's 900 seconds of collecting take 3
DEFAULT_HITS = 6000
DEFAULT_SEED = 20261123
DEFAULT_HOURS = 144.0  # six days, which answers look back over by themselves
