# SPDX-License-Identifier: Apache-2.0
"""What belongs to an execution besides its query: the token of its request, and the events of its states."""
