# SPDX-License-Identifier: Apache-2.0
"""How well the view `events` tells people from programs, and names browser, system and device, on public agents."""
