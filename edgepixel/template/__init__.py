# SPDX-License-Identifier: Apache-2.0
"""template.yaml: its only reader, its parameters, and what the SAM transform makes of it."""
