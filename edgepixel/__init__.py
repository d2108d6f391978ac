# SPDX-License-Identifier: Apache-2.0
"""The command line of Edge Pixel: demo, up, down, traffic, ask."""
