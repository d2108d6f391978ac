# SPDX-License-Identifier: Apache-2.0
"""`edgepixel export`: the events themselves, in a file of the user's."""
