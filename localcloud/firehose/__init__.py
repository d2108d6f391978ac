# SPDX-License-Identifier: Apache-2.0
"""Firehose: from a Kinesis stream to objects."""
