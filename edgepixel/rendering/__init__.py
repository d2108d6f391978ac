# SPDX-License-Identifier: Apache-2.0
"""Parts of files that are written from other files, between marks."""
