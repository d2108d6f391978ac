# SPDX-License-Identifier: Apache-2.0
"""What can go wrong for a user. Every message says what happened and what to do about it."""


class EdgePixelError(Exception):
    """Any expected failure. The command line prints its message alone, without a traceback, and exits with 1."""


class MissingToolError(EdgePixelError):
    """A program that the command needs is not installed, or not usable."""


class MissingPackageError(EdgePixelError):
    """The command needs packages of an extra that is not installed."""


class PortTakenError(EdgePixelError):
    """The port that was asked for belongs to another process."""


class AlreadyRunningError(EdgePixelError):
    """A local cloud or a demo of this project is already running."""


class LocalCloudError(EdgePixelError):
    """The local cloud did not start, or is not running when it is needed."""


class DeploymentError(EdgePixelError):
    """The application cannot be deployed as asked."""


class TemplateError(EdgePixelError):
    """The template cannot be read."""


class SamError(EdgePixelError):
    """A command of the AWS SAM CLI failed."""


class PublicationError(EdgePixelError):
    """The application cannot be published as it is, or as asked."""


class StackNotFoundError(EdgePixelError):
    """The stack does not exist, is not complete, or is not an Edge Pixel stack."""


class NoRawStreamError(EdgePixelError):
    """The stack has no raw stream: its log lines come from CloudFront's standard logs."""


class LiveError(EdgePixelError):
    """The raw stream cannot be read, or what is in it not be understood."""


class UnknownAnswerError(EdgePixelError):
    """The stack has no answer (named query) of that name."""


class SwitchedOffError(EdgePixelError):
    """The answer needs another value of a parameter of the stack."""


class QuestionError(EdgePixelError):
    """SQL of a user's own that may not be asked. `place`: line and column, both from 1 on, if they are known."""

    def __init__(self, reason: str, place: tuple[int, int] | None = None) -> None:
        super().__init__(reason if place is None else f"line {place[0]}, column {place[1]}: {reason}")
        self.reason, self.place = reason, place


class SavedQuestionError(EdgePixelError):
    """A saved question that cannot be made, replaced or deleted."""


class ExportError(EdgePixelError):
    """Events could not be written to a file of the user's, or not all of them."""


class FilterError(EdgePixelError):
    """A filter that cannot be understood, or of what there is not."""


class FunnelError(EdgePixelError):
    """Steps that no funnel can have."""


class AddressError(EdgePixelError):
    """An address of the dashboard that is about nothing there is."""


class PeriodError(EdgePixelError):
    """Dates that an answer cannot be about."""


class NoSuchConditionError(EdgePixelError):
    """An answer has no place for a condition. `condition` is its name in Subject."""

    def __init__(self, message: str, condition: str) -> None:
        super().__init__(message)
        self.condition = condition


class AnswerFailedError(EdgePixelError):
    """Athena could not run a query, or did not finish in time."""


class SendError(EdgePixelError):
    """A hit got no response, so that nobody can say whether it was logged."""


class UnreadableInputError(EdgePixelError):
    """Log lines cannot be read from where they are said to be."""


class UnreadableLogError(EdgePixelError):
    """A file is no log, or only its beginning can be read."""


class LogImportError(EdgePixelError):
    """Logs could not be imported, or not all of what is in them."""


class CompactionError(EdgePixelError):
    """A day could not be typed, or cannot be."""


class LedgerError(EdgePixelError):
    """A ledger cannot be read, or cannot serve as truth."""


class UnreadableObjectError(EdgePixelError):
    """An object of quarantine or of the failed batches is not what its prefix says."""


class ReplayError(EdgePixelError):
    """Kept lines could not be sent again, or not all of them."""


class ErasureError(EdgePixelError):
    """Something could not be erased, or not all of it."""


class NotQueryableError(EdgePixelError):
    """Hits that were sent did not become queryable in time."""


class TrafficError(EdgePixelError):
    """A traffic that no bill can be made for."""


class AnswerFolderError(EdgePixelError):
    """A folder of `answers/` cannot be understood."""


class StaleBlockError(EdgePixelError):
    """A block of a file that a command writes is missing, or is not what the command would write."""
