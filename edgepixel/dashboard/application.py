# SPDX-License-Identifier: Apache-2.0
"""The web application: which page an address leads to. Nothing that it does changes anything."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from edgepixel.answers.registry import known_answer
from edgepixel.aws.failures import AWS_FAILURES
from edgepixel.console.table import to_csv
from edgepixel.dashboard.address import read_address
from edgepixel.dashboard.asking import Asker, Sitting, question_sql
from edgepixel.dashboard.pages import details, front, live, parts
from edgepixel.errors import AddressError, EdgePixelError, NoSuchConditionError, PeriodError
from edgepixel.live.background import Background

_FOLDER = Path(__file__).parent
_REPORTS_STYLE = _FOLDER.parent / "report" / "style.css"
_OWN = ("answer", "sort", "text", "renew")
_FILES = {"/style.css": "text/css", "/keys.js": "text/javascript"}


class Pages:
    """Of one stack. `live` has its live numbers."""

    def __init__(self, asker: Asker, live: Background, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._asker, self._live, self._now = asker, live, now

    def application(self) -> Starlette:
        """The application, without the guard around it."""
        routes = [
            Route("/", self._overview),
            Route("/details", self._details),
            Route("/csv", self._csv),
            Route("/sql", self._sql),
            Route("/live", self._live_numbers),
            *(Route(path, _file) for path in _FILES),
        ]
        errors = (EdgePixelError, *AWS_FAILURES)
        return Starlette(routes=routes, exception_handlers=dict.fromkeys(errors, _refused) | {404: _not_found})

    async def _overview(self, request: Request) -> Response:
        sitting = await self._sitting(request)
        return StreamingResponse(_streamed(sitting), media_type="text/html")

    async def _details(self, request: Request) -> Response:
        sitting = await self._sitting(request)
        name = _answer_of(request, sitting)
        sort, text = request.query_params.get("sort", ""), request.query_params.get("text", "").strip()
        return HTMLResponse(await _waited(sitting, lambda: details.details(sitting, name, sort, text)))

    async def _csv(self, request: Request) -> Response:
        sitting = await self._sitting(request)
        name = _answer_of(request, sitting)
        table = await _waited(sitting, lambda: sitting.table(sitting.question(name)))
        headers = {"content-disposition": f'attachment; filename="{_file_name(name)}.csv"'}
        return Response(to_csv(table), media_type="text/csv", headers=headers)

    async def _sql(self, request: Request) -> Response:
        sitting = await self._sitting(request)
        name = _answer_of(request, sitting)
        return HTMLResponse(details.sql(sitting, name, question_sql(sitting.queries, sitting.question(name))))

    async def _live_numbers(self, request: Request) -> Response:
        address = read_address(request.query_params.multi_items(), _OWN)
        is_renewed = request.query_params.get("renew") != "no"
        stack = self._asker.stack
        try:
            picture = await asyncio.to_thread(self._live.picture)
        except EdgePixelError as error:
            return HTMLResponse(parts.refusal("No live numbers", parts.sentence(error), address.link()), 502)
        # By a header: it works without script, and whoever stops it gets the page without.
        headers = {"refresh": str(live.RENEWED_SECONDS)} if is_renewed else {}
        return HTMLResponse(live.live(stack, picture, address, is_renewed=is_renewed), headers=headers)

    async def _sitting(self, request: Request) -> Sitting:
        address = read_address(request.query_params.multi_items(), _OWN)
        return await asyncio.to_thread(self._asker.sitting, address, self._now())


async def _streamed(sitting: Sitting) -> AsyncIterator[str]:
    """Piece by piece. Whoever goes away stops what was asked for them."""
    try:
        for piece in front.pieces(sitting):
            yield await asyncio.to_thread(piece)
    finally:
        sitting.leave()


async def _waited[T](sitting: Sitting, made: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(made)
    finally:
        sitting.leave()


def _file_name(name: str) -> str:
    """A name for a file: users may have saved a question by any."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def _answer_of(request: Request, sitting: Sitting) -> str:
    name = request.query_params.get("answer", "")
    if known_answer(name) is None and name not in sitting.own:
        raise AddressError(f"there is no answer {name!r}")
    return name


async def _file(request: Request) -> Response:
    path = request.url.path
    text = (_FOLDER / path.lstrip("/")).read_text(encoding="utf-8")
    if path == "/style.css":  # the report's, and what pages have besides
        text = _REPORTS_STYLE.read_text(encoding="utf-8") + text
    return Response(text, media_type=_FILES[path])


async def _refused(_request: Request, error: Exception) -> Response:
    wrong_address = isinstance(error, (AddressError, PeriodError, NoSuchConditionError))
    title = "This address is about nothing" if wrong_address else "The stack did not answer"
    return HTMLResponse(parts.refusal(title, parts.sentence(error)), 400 if wrong_address else 502)


async def _not_found(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("There is no such page.\n", 404)
