# SPDX-License-Identifier: Apache-2.0
"""The dashboard's pages, as HTML: each from a sitting, or a picture, whose questions are asked elsewhere."""
