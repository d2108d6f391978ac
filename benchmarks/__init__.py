# SPDX-License-Identifier: Apache-2.0
"""Measurements, not tests: they compare by ratio within one run, because machines are noisy."""
