# SPDX-License-Identifier: Apache-2.0
"""What an answer is asked about: whose events of which period, and what of its SQL is replaced for that."""
