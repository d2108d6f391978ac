# SPDX-License-Identifier: Apache-2.0
"""Lakes of a month, as large as they are asked for: raw lines, and typed days."""
