# SPDX-License-Identifier: Apache-2.0
"""Log lines that did not get through, sent again."""
