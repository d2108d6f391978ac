# SPDX-License-Identifier: Apache-2.0
"""Types days of the lake again, under the rules of today, by the stack's own compactor."""
