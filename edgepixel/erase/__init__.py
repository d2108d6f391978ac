# SPDX-License-Identifier: Apache-2.0
"""Removes what one visitor, order or request has left in the lake, and keeps a receipt."""
