# SPDX-License-Identifier: Apache-2.0
"""The local cloud's life: start it, deploy to it, find it, stop it."""
