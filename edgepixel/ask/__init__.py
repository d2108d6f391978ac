# SPDX-License-Identifier: Apache-2.0
"""Answers: run one in Athena and print it."""
