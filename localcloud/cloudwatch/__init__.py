# SPDX-License-Identifier: Apache-2.0
"""CloudWatch: alarms that are evaluated."""
