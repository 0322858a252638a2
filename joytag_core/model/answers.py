"""What does a server answer, is it what was asked for, and when may it be asked again?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from ..errors import ModelDownloadError

_TRIES = 5
_CONTENT_RANGE = re.compile(r"bytes (?P<first>[0-9]+)-(?P<last>[0-9]+)/(?P<total>[0-9]+|\*)")
_LONGEST_WAIT = 60.0
"""Seconds; a server that wants more than that is not waited for so long, but asked again."""
_BUSY = (429, 503)
_BEHIND_THE_END = 416
_CHUNK = 1 << 14
"""Bytes; what is less than that is lost where a connection breaks, by either of the library's connections."""

LOGIN_PAGE = "Is there a login or block page between this machine and it?"

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold a server's answer to a GET: status, headers, and its body in pieces."""

    status_code: int
    headers: Any
    pieces: Callable[[], Iterator[bytes]]

    @property
    def is_behind_the_end(self) -> bool:
        """Say whether it says that the file ends before what was asked for."""
        return self.status_code == _BEHIND_THE_END


class WrongAnswerError(ModelDownloadError):
    """A server refused, or sent something else than the file."""


class BusyError(WrongAnswerError):
    """A server asked to be left alone for a while."""

    def __init__(self, message: str, response: Answer) -> None:
        super().__init__(message)
        self.response = response


@contextmanager
def answer_to(url: str, *, start: int) -> Iterator[Answer]:
    """Ask for a file's bytes from `start` on, by huggingface_hub's own connection: its proxies, its offline mode.

    The answer may be 416: there is nothing from `start` on.

    Raises:
        BusyError: the server wants to be asked later.
        WrongAnswerError: it refuses.
        Whatever the connection raises.
    """
    from huggingface_hub import constants, utils

    hub: Any = utils  # not declared as exported
    headers = {**hub.build_hf_headers(token=False), "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    session = hub.get_session()
    timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
    if callable(getattr(session, "stream", None)):  # httpx, from version 1 on; of requests it is a setting
        with session.stream("GET", url, headers=headers, follow_redirects=True, timeout=timeout) as response:
            answer = Answer(response.status_code, response.headers, lambda: response.iter_bytes(_CHUNK))
            yield _accepted(answer, url, start)
    else:
        with session.get(url, headers=headers, stream=True, timeout=timeout) as response:
            answer = Answer(response.status_code, response.headers, lambda: response.iter_content(_CHUNK))
            yield _accepted(answer, url, start)


def check_answer(answer: Answer, *, size: int, start: int) -> None:
    """Check that an answer is the file of `size` bytes (0: not known), from `start` on, before a byte of it is kept.

    Raises:
        WrongAnswerError: it is another length, another part, or a web page.
    """
    kind = str(answer.headers.get("Content-Type", "")).partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise wrong_answer(f"a web page ({kind})")
    if answer.status_code == 206:
        named = str(answer.headers.get("Content-Range", ""))
        part = _CONTENT_RANGE.fullmatch(named)
        if part is None or int(part["first"]) != start or (size and part["total"] not in ("*", str(size))):
            raise wrong_answer(f"the part {named or 'without a name'}; expected bytes {start}- of {size:,}")
    length = promised_length(answer)
    if size and length is not None and length + start != size:
        raise wrong_answer(f"{length:,} bytes; expected {size - start:,}")


def promised_length(answer: Answer) -> int | None:
    """Return how many bytes an answer says that it has, None where it does not say so."""
    length = str(answer.headers.get("Content-Length", ""))
    if length.isdigit() and not answer.headers.get("Content-Encoding"):
        return int(length)
    part = _CONTENT_RANGE.fullmatch(str(answer.headers.get("Content-Range", "")))
    return int(part["last"]) - int(part["first"]) + 1 if part and answer.status_code == 206 else None


def patiently(call: Callable[[], _Result], wait: Callable[[float], object]) -> _Result:
    """Call, and again as long as the server says that it is busy, when it says; at most five times.

    Raises: as `call` and `wait`, which is given seconds.
    """
    for attempt in range(_TRIES - 1):
        try:
            return call()
        except Exception as error:  # huggingface_hub's errors have no common base over its versions
            seconds = _seconds_until_asked_again(error, attempt)
            if seconds is None:
                raise
        wait(seconds)
    return call()


def _accepted(answer: Answer, url: str, start: int) -> Answer:
    if answer.status_code in _BUSY:
        raise BusyError(f"{url} answers {answer.status_code}: it is busy", answer)
    if answer.status_code not in (200, 206) and not (start and answer.is_behind_the_end):
        raise WrongAnswerError(f"{url} answers {answer.status_code}")
    return answer


def wrong_answer(what: str) -> WrongAnswerError:
    """Return the error of an answer that is something else than the file."""
    return WrongAnswerError(f"the server answers with {what}. {LOGIN_PAGE} Nothing of the answer was kept.")


def _seconds_until_asked_again(error: Exception, attempt: int) -> float | None:
    # Asked for with None, never with `or`: an answer of requests counts as false where it is an error.
    response = getattr(error, "response", None)
    response = getattr(error.__cause__, "response", None) if response is None else response
    if response is None or response.status_code not in _BUSY:
        return None
    wanted = str(response.headers.get("Retry-After", ""))
    return min(max(_seconds_in(wanted, default=2.0**attempt), 0.0), _LONGEST_WAIT)


def _seconds_in(text: str, *, default: float) -> float:
    """Return what a Retry-After header says: seconds, or a date (RFC 9110, 10.2.3)."""
    if text.strip().isdigit():
        return float(text)
    try:
        return parsedate_to_datetime(text).timestamp() - time.time()
    except (TypeError, ValueError):
        return default
