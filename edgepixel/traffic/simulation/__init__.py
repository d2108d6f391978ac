# SPDX-License-Identifier: Apache-2.0
"""Who made-up visitors are, what they do, and the hits that come of it."""
