# SPDX-License-Identifier: Apache-2.0
"""What `sam local invoke` needs of containers: an engine, an image of the runtime, this machine's ports."""
