# SPDX-License-Identifier: Apache-2.0
"""Minutes of load on a local cloud, and what was seen meanwhile."""
