# SPDX-License-Identifier: Apache-2.0
"""AWS on one machine: MiniStack, and the behaviours that it lacks, added in its own process.

Each extension is a module with `install(clock)`, which registers on MiniStack's tables or wraps its functions.
`docs/local-cloud.md` says what is faithful and what is not.
"""
