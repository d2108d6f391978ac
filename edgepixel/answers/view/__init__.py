# SPDX-License-Identifier: Apache-2.0
"""What the view `events` is made of: its columns, and the lists by which it tells channels and traffic."""
