# SPDX-License-Identifier: Apache-2.0
"""Sends marked hits and looks for them at each stage, for as long as the stage may take."""
