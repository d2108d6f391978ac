# SPDX-License-Identifier: Apache-2.0
"""Who may ask the dashboard: the browser that was given its first address, on this machine, and no other page in it.

Any page of the web can make a browser send requests to 127.0.0.1, and by DNS can even read the answers under a name of
its own. So a request must name this server as its host, have the cookie that only the address with the token gives, and
ask for something. The headers keep what visitors have sent from being more than text.
"""

import hmac
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "token"  # noqa: S105 (the name of the parameter)
_METHODS = ("GET", "HEAD")
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
_FORBIDDEN = (
    "This page is for the browser that was opened with the address that `edgepixel dashboard` printed. Open that "
    "address; it is another one each time the command runs.\n"
)


class Guard:
    """Around an application: refuses whatever the rules above do not let through."""

    def __init__(self, application: ASGIApp, port: int, token: str) -> None:
        self._application = application
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"edgepixel-{port}"  # cookies know no ports
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=_as_scope(message))
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        response = self._refusal(scope)
        await (response or self._application)(scope, receive, send_safely)

    def _refusal(self, scope: Scope) -> Response | None:
        """What is answered instead; None if the request may go on."""
        headers, parameters = Headers(scope=scope), QueryParams(scope["query_string"])
        if headers.getlist("host") != [headers.get("host", "")] or headers.get("host") not in self._hosts:
            return PlainTextResponse("Unknown host: use the address that the command printed.\n", 421)
        if scope["method"] not in _METHODS:
            return PlainTextResponse("This page only shows things.\n", 405, {"allow": ", ".join(_METHODS)})
        if TOKEN in parameters:
            if not self._is_token(parameters[TOKEN]):
                return PlainTextResponse(_FORBIDDEN, 403)
            return self._welcome(scope["path"], parameters)
        if not self._is_token(_cookies(headers).get(self._cookie, "")):
            return PlainTextResponse(_FORBIDDEN, 403)
        return None

    def _welcome(self, path: str, parameters: QueryParams) -> Response:
        """The cookie, and the same address without the token, so that none is in the history or copied."""
        rest = urlencode([(name, value) for name, value in parameters.multi_items() if name != TOKEN])
        # One slash: two begin the address of another host.
        response = RedirectResponse(f"/{path.lstrip('/')}{'?' if rest else ''}{rest}", 303)
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        return response

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self._token.encode())


def _cookies(headers: Mapping[str, str]) -> dict[str, str]:
    return cookie_parser(headers.get("cookie", ""))


def _as_scope(message: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    message.setdefault("headers", [])
    return message
