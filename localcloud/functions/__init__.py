# SPDX-License-Identifier: Apache-2.0
"""Lambda: event source mappings, asynchronous invocation and logs."""
