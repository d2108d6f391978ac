# SPDX-License-Identifier: Apache-2.0
"""The aggregator: what it costs, beside the obvious one."""
