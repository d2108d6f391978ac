# SPDX-License-Identifier: Apache-2.0
"""Who is on the site now: the raw stream's log lines, told by the rules of the view, a few seconds behind."""
