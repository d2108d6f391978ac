# SPDX-License-Identifier: Apache-2.0
"""The report: a stack's answers as one self-contained page of HTML."""
