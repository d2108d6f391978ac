# SPDX-License-Identifier: Apache-2.0
"""What is sent unless something else is said; here, because the generator needs packages of the extra `local`."""

DEFAULT_HITS = 6000
DEFAULT_SEED = 20261123
DEFAULT_HOURS = 144.0  # six days, which answers look back over by themselves
