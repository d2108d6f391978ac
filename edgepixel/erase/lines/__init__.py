# SPDX-License-Identifier: Apache-2.0
"""Lines of the lake without those that are to go. Pure."""
