# SPDX-License-Identifier: Apache-2.0
"""The demo: everything on this machine, and a page with the pixel."""
