# SPDX-License-Identifier: Apache-2.0
"""The answers: which there are, their SQL, and the view that they read. Each is a folder of `answers/`."""
