# SPDX-License-Identifier: Apache-2.0
"""Where commands go: AWS or the local cloud, and the stack there."""
