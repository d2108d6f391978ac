# SPDX-License-Identifier: Apache-2.0
"""What the aggregator and the view make of log lines, on this machine and without a cloud."""
