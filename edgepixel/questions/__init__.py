# SPDX-License-Identifier: Apache-2.0
"""Questions of users' own: SQL that somebody wrote, what it may do, and how it becomes a question like an answer."""
