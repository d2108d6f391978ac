# SPDX-License-Identifier: Apache-2.0
"""`edgepixel dashboard`: the answers as a web page on this machine, in which every row is a link that filters."""
