# SPDX-License-Identifier: Apache-2.0
"""What a log line says of the viewer: addresses and request headers, and how much of them is stored."""
