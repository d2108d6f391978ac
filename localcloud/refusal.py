# SPDX-License-Identifier: Apache-2.0
"""What a service says when it refuses a request, as its API and as CloudFormation report it."""


class RefusedError(Exception):
    """A request that AWS refuses: the error's code, its message, and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def in_stack(self, service: str) -> ValueError:
        """The same as the reason of a resource that fails, with the service's name in the SDK's exceptions."""
        return ValueError(f"{self.message} (Service: {service}; Status Code: {self.status}; Error Code: {self.code})")
