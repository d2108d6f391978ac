# SPDX-License-Identifier: Apache-2.0
"""Hits that most are not: mistakes of senders, untidy links, and every other case that an answer must survive."""
