# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with containers. Every message says what happened and what to do about it."""

from edgepixel.errors import EdgePixelError


class ContainerError(EdgePixelError):
    """The container engine, or what was asked of it, failed."""


class EngineNotStartedError(ContainerError):
    """This machine lets no container engine start."""
