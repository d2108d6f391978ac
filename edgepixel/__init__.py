# SPDX-License-Identifier: Apache-2.0
"""The command line of Edge Pixel. Each package is one command, or one subject of several."""
