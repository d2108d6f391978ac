# SPDX-License-Identifier: Apache-2.0
"""Kinesis: the retention of streams."""
