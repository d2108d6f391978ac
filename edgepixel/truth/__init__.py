# SPDX-License-Identifier: Apache-2.0
"""What answers must be, computed from a ledger in plain Python, and compared with what they are."""
